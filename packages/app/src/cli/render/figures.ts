import { NO_TIME } from '@tacho/trace/model/figures';
import type { RunHeader } from '@tacho/trace/model/run';

/** Figures as people read them in a terminal: always the same, whatever the machine's language. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `18,900` */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1,842,000` as `1.84 M`, for columns. */
export function short(value: number): string {
  if (value < 1_000) return String(Math.round(value));
  if (value < 999_500) return `${(value / 1e3).toPrecision(3)} k`;
  return value < 999_500_000 ? `${(value / 1e6).toPrecision(3)} M` : `${(value / 1e9).toPrecision(3)} G`;
}

/** `850 ms`, `12.4 s`, `5 m 12 s`, `2 h 03 m` */
export function duration(us: number): string {
  const ms = us / 1e3;
  if (ms < 1) return `${Math.round(us)} µs`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1e3);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** Money: `$1.24`, small amounts with what they consist of; a lower bound with `≥`; `?` where nothing is known. */
export function money(usd: number | null | undefined, unpriced = 0): string {
  // At least nothing says nothing.
  if (usd === null || usd === undefined || (usd === 0 && unpriced > 0)) return '?';
  const text = usd === 0 ? '$0' : usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`;
  return unpriced > 0 ? `≥ ${text}` : text;
}

/** Money to six decimals, where it must add up; `?` where nothing is known. */
export function exactMoney(usd: number | null): string {
  if (usd === null) return '?';
  return usd === 0 ? '$0' : `$${usd.toFixed(6)}`;
}

/** `4.8 kB`; `size` of files as this machine's tools show them. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let rest = value;
  while (rest >= 999.5 && at < units.length - 1) {
    rest /= 1000;
    at++;
  }
  return at === 0 ? `${value} B` : `${rest.toPrecision(3)} ${units[at]}`;
}

/** Local time, `2026-04-10 14:32`. */
export function time(us: number): string {
  if (us <= 0) return NO_TIME;
  const date = new Date(us / 1e3);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** When a run started. */
export function startOf({ startUs, timeUntold }: Pick<RunHeader, 'startUs' | 'timeUntold'>): string {
  return timeUntold ? NO_TIME : time(startUs);
}

/** A whole percentage, `45%`. */
export function share(part: number): string {
  return `${Math.round(part * 100)}%`;
}

/** `run` or `runs` */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
