/**
 * Numbers as people read them, on the page and in digests. Every function takes the unit that its name or parameter says
 * and returns text of a bounded length, so that columns can be laid out for it. Missing values are an en dash.
 */
export const NONE = '–';
/** Narrow no-break space: groups digits and parts number from unit without letting the line break there. */
export const THIN = '\u202f';

const usable = (value: number | null | undefined): value is number =>
  value !== undefined && value !== null && Number.isFinite(value);

/** Three significant digits, without trailing noise: 1.21, 42.1, 318. */
function three(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

const SCALES = [
  { from: 999.5e9, by: 1e12, unit: 'T' },
  { from: 999.5e6, by: 1e9, unit: 'B' },
  { from: 999.5e3, by: 1e6, unit: 'M' },
  { from: 999.5, by: 1e3, unit: 'k' },
] as const;

/** A count in three digits: `950`, `42.1 k`, `1.21 M`. */
export function compact(count: number | null | undefined): string {
  if (!usable(count)) return NONE;
  const size = Math.abs(count);
  const sign = count < 0 ? '−' : '';
  for (const scale of SCALES) {
    if (size >= scale.from) return `${sign}${three(size / scale.by)}${THIN}${scale.unit}`;
  }
  return `${sign}${Math.round(size)}`;
}

/** A count in full, digits grouped: `1 214 300`. */
export function grouped(count: number | null | undefined): string {
  if (!usable(count)) return NONE;
  const digits = String(Math.round(Math.abs(count))).replace(/\B(?=(\d{3})+$)/g, THIN);
  return count < 0 ? `−${digits}` : digits;
}

/** US dollars. Cents from a dollar up, more digits below, where a call's cost would otherwise read as nothing. */
export function money(usd: number | null | undefined): string {
  if (!usable(usd)) return NONE;
  const size = Math.abs(usd);
  const sign = usd < 0 ? '−' : '';
  if (size === 0) return '$0';
  if (size < 0.00005) return `${sign}<$0.0001`;
  if (size < 0.01) return `${sign}$${size.toFixed(4)}`;
  if (size < 0.9995) return `${sign}$${size.toFixed(3)}`;
  if (size < 999.995) return `${sign}$${size.toFixed(2)}`;
  if (size < 99_999.5) return `${sign}$${grouped(size)}`;
  return `${sign}$${compact(size)}`;
}

/** A sum of money of which parts may be unknown: `≥ $4.18`, `unknown` when nothing is known. */
export function moneyAtLeast(usd: number | null | undefined, unknownParts: number | undefined): string {
  // At least nothing says nothing.
  if (!usable(usd) || (usd === 0 && unknownParts)) return unknownParts ? 'unknown' : NONE;
  return unknownParts ? `≥${THIN}${money(usd)}` : money(usd);
}

/** Microseconds as a running clock: `0:09`, `3:42`, `1:02:03`, `2 d 1 h`. Seconds are cut, not rounded, as clocks do. */
export function clock(us: number | null | undefined): string {
  if (!usable(us)) return NONE;
  const seconds = Math.max(0, Math.floor(us / 1e6));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = `${two(minutes)}:${two(seconds % 60)}`;
  if (days > 0) return `${days}${THIN}d ${hours}${THIN}h`;
  return hours > 0 ? `${hours}:${rest}` : `${minutes}:${two(seconds % 60)}`;
}

/** Microseconds as a duration: `420 µs`, `34 ms`, `1.90 s`, `38.2 s`, then a clock. */
export function duration(us: number | null | undefined): string {
  if (!usable(us)) return NONE;
  const size = Math.max(0, us);
  if (size === 0) return '0';
  if (size < 999.5) return `${Math.round(size)}${THIN}µs`;
  if (size < 999_500) return `${size < 9_950 ? (size / 1e3).toFixed(1) : Math.round(size / 1e3)}${THIN}ms`;
  if (size < 59_950_000)
    return `${three(size / 1e6)
      .slice(0, 4)
      .replace(/\.$/, '')}${THIN}s`;
  return clock(Math.round(size / 1e6) * 1e6);
}

/** A share of 1 as percent; never 0 % or 100 % for what is not exactly that. */
export function percent(share: number | null | undefined): string {
  if (!usable(share)) return NONE;
  if (share > 0 && share < 0.005) return `<1${THIN}%`;
  if (share < 1 && share >= 0.995) return `>99${THIN}%`;
  return `${Math.round(share * 100)}${THIN}%`;
}

/** A factor: `4.6×`, `12×`. */
export function multiple(factor: number | null | undefined): string {
  if (!usable(factor)) return NONE;
  return `${factor >= 9.95 ? Math.round(factor) : factor.toFixed(1)}×`;
}

/** A plain number in at most three decimals: scores, leverage. */
export function figure(value: number | null | undefined): string {
  if (!usable(value)) return NONE;
  if (Math.abs(value) >= 1000) return compact(value);
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : 2)));
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units, as file managers show them: `1.2 MB`. */
export function bytes(size: number | null | undefined): string {
  if (!usable(size)) return NONE;
  let value = Math.max(0, size);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 9.95 ? Math.round(value).toString() : value.toFixed(1);
  return `${digits}${THIN}${BYTE_UNITS[unit]}`;
}

/** `1 call`, `3 calls`; the plural may be given where it is not the singular plus s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${compact(count)} ${count === 1 ? one : many}`;
}

/** Of a run whose source says no times: what it has instead only tells the order of its steps. */
export const NO_TIME = 'no time told';

/** Farther from 1970 no Date can be, in µs: years ±271 821. */
const MOST_DATE_US = 8.64e18;

/** Date and time for readers in any zone, to the second: `2026-11-20 14:32:01 UTC`. */
export function utcTime(us: number | undefined): string {
  if (us === undefined || !(us > 0) || us > MOST_DATE_US) return NONE;
  return `${new Date(us / 1000).toISOString().replace('T', ' ').slice(0, -5)} UTC`;
}
