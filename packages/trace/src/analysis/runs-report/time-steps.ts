const HOUR_US = 3_600e6;
const DAY_US = 24 * HOUR_US;

/** Widths of the steps that a trend is drawn in, the narrowest first. */
const STEPS = [
  { name: 'hour', us: HOUR_US },
  { name: 'day', us: DAY_US },
  { name: 'week', us: 7 * DAY_US },
  { name: '4 weeks', us: 28 * DAY_US },
  { name: '52 weeks', us: 364 * DAY_US },
] as const;

export type TimeStep = (typeof STEPS)[number];

/** A Monday: weeks begin with it. */
const FIRST_MONDAY_US = 4 * DAY_US;
const MOST_STEPS = 60;

/** The narrowest step of which a time from the first to the last run (µs since the epoch) has 60 at most; the widest where none is wide enough. */
export function timeStep(fromUs: number, toUs: number): TimeStep {
  return STEPS.find((step) => stepOf(toUs, step) - stepOf(fromUs, step) < MOST_STEPS) ?? STEPS.at(-1)!;
}

/** The number of the step that a time lies in; UTC. */
export function stepOf(us: number, { us: width }: TimeStep): number {
  return Math.floor((us - FIRST_MONDAY_US) / width);
}

/** Where a step begins, µs since the epoch. */
export function stepStartUs(step: number, { us: width }: TimeStep): number {
  return FIRST_MONDAY_US + step * width;
}

/** As ISO 8601 in UTC; null where no calendar has it. */
export function isoTime(us: number): string | null {
  const date = new Date(us / 1e3);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
