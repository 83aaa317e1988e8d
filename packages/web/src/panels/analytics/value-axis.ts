/** From where to where a chart reaches. */
export type Axis = { from: number; to: number };

/** `zero`: amounts, whose bars stand on nothing. `near`: scores, whose differences count. Two numbers: a scale. */
export type AxisKind = 'zero' | 'near' | Axis;

/** Smaller differences are noise of the arithmetic. */
const LEAST_ROOM = 1e-9;
/** Of a division whose result is whole. */
const NOISE = 1e-9;
const STEPS = [1, 2, 2.5, 5, 10] as const;

/** An axis that holds the values, with ends that read well; undefined where there is no value. */
export function axisOf(values: readonly (number | null)[], kind: AxisKind): Axis | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  if (typeof kind === 'object') return kind;
  const [least, most] =
    kind === 'zero'
      ? [Math.min(0, ...known), Math.max(0, ...known)]
      : apart(Math.min(...known), Math.max(...known));
  const step = niceStep(Math.max(most - least, LEAST_ROOM) / 4);
  const from = Math.floor(least / step + NOISE) * step;
  const to = Math.ceil(most / step - NOISE) * step;
  return { from: tidy(from), to: tidy(to > from ? to : from + step) };
}

/** So far apart, at least, as a tenth of the values: a difference in the third digit is not to look like a leap. */
function apart(least: number, most: number): [number, number] {
  const room = Math.max(Math.abs(least), Math.abs(most)) / 10 || 1;
  const middle = (least + most) / 2;
  return most - least < room ? [middle - room / 2, middle + room / 2] : [least, most];
}

/** How far up a value stands, 0 to 1. */
export function shareOf(value: number, { from, to }: Axis): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

/** A round number of about this size, not smaller. */
function niceStep(size: number): number {
  const scale = 10 ** Math.floor(Math.log10(size));
  return scale * STEPS.find((step) => step * scale >= size * (1 - NOISE))!;
}

/** Without the noise of the arithmetic. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
