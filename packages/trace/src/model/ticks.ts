/** Steps from a second up; below it, 1-2-5. In µs. */
const STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200,
].map((seconds) => seconds * 1e6);
const DAY_US = 86_400e6;

/** The distance between ticks, in µs: a round one, at least `leastPx` wide. */
export function tickStep(usPerPx: number, leastPx: number): number {
  const least = usPerPx * leastPx;
  if (least < 1e6) {
    const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
    const step = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= least);
    return Math.min(step ?? 10 * power, 1e6);
  }
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / DAY_US) * DAY_US;
}

/** `3:20`, `1:02:05`, `0:01.250`: time since the start, with as many digits as `precisionUs` needs. */
export function tickLabel(us: number, precisionUs = 1e6): string {
  const digits = precisionUs >= 1e6 ? 0 : Math.min(6, Math.ceil(-Math.log10(precisionUs / 1e6) - 1e-9));
  const unit = 10 ** (6 - digits);
  const rounded = Math.round(Math.abs(us) / unit) * unit;
  const seconds = Math.floor(rounded / 1e6);
  const fraction = digits === 0 ? '' : `.${String(Math.round((rounded % 1e6) / unit)).padStart(digits, '0')}`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = `${String(seconds % 60).padStart(2, '0')}${fraction}`;
  const text = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
  return us < 0 && rounded > 0 ? `-${text}` : text;
}
