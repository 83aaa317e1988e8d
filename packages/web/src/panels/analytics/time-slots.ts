import type { TimeStep } from '@tacho/trace/analysis/runs-report/time-steps';

/** Where the points of a series stand on an axis that has a slot for each step, with or without a run in it. */
export type Slots = {
  count: number;
  /** The slot of each point. */
  at: readonly number[];
  /** What each point is called. */
  labels: readonly string[];
};

const HOUR_MS = 3_600_000;
const STEP_MS: Record<TimeStep['name'], number> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  '4 weeks': 28 * 24 * HOUR_MS,
  '52 weeks': 364 * 24 * HOUR_MS,
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Steps by when they began. `axis` are the starts that the axis reaches over, where other charts have more. */
export function timeSlots(
  starts: readonly string[],
  step: TimeStep['name'],
  axis: readonly string[] = starts,
): Slots {
  const times = axis.map((start) => Date.parse(start));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const years = new Date(first).getUTCFullYear() !== new Date(last).getUTCFullYear();
  const slotOf = (ms: number): number => Math.round((ms - first) / STEP_MS[step]);
  return {
    count: times.length === 0 ? 0 : slotOf(last) + 1,
    at: starts.map((start) => slotOf(Date.parse(start))),
    labels: starts.map((start) => stepLabel(start, step, years)),
  };
}

/** Things in a row, one after the other. */
export function rowSlots(labels: readonly string[]): Slots {
  return { count: labels.length, at: labels.map((_, at) => at), labels };
}

/** When a step begins, in UTC, as steps are: `12 Apr 14:00`, `12 Apr`, `12 Apr 2025`. */
export function stepLabel(start: string, step: TimeStep['name'], withYear: boolean): string {
  const date = new Date(start);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${withYear ? ` ${date.getUTCFullYear()}` : ''}`;
  return step === 'hour' ? `${day} ${String(date.getUTCHours()).padStart(2, '0')}:00` : day;
}

/** The point that stands nearest to a share of the axis; -1 where there is none. */
export function pointNear(slots: Slots, share: number): number {
  const slot = share * slots.count - 0.5;
  let nearest = -1;
  let distance = Number.POSITIVE_INFINITY;
  slots.at.forEach((at, point) => {
    if (Math.abs(at - slot) >= distance) return;
    distance = Math.abs(at - slot);
    nearest = point;
  });
  return nearest;
}
