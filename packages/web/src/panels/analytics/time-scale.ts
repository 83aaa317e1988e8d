import type { ToolFigures } from '@tacho/trace/wire/tools';

/** Times from microseconds to hours on one line: each power of ten has the same room. */
export type TimeScale = {
  fromUs: number;
  toUs: number;
  /** Where the powers of ten between the ends stand, 0 to 1. */
  marks: readonly number[];
  shareOf: (us: number) => number;
};

/** A scale that holds the median and the 95th percentile of every tool; undefined where no call came to an end. */
export function timeScale(tools: readonly Pick<ToolFigures, 'medianUs' | 'p95Us'>[]): TimeScale | undefined {
  const times = tools.flatMap(({ medianUs, p95Us }) => [medianUs, p95Us]).filter((us) => us !== null);
  if (times.length === 0) return undefined;
  // Less than a microsecond is not measured.
  const logOf = (us: number): number => Math.log10(Math.max(1, us));
  const from = Math.floor(Math.min(...times.map(logOf)));
  const to = Math.max(from + 1, Math.ceil(Math.max(...times.map(logOf))));
  return {
    fromUs: 10 ** from,
    toUs: 10 ** to,
    marks: Array.from({ length: to - from - 1 }, (_, at) => (at + 1) / (to - from)),
    shareOf: (us) => (logOf(us) - from) / (to - from),
  };
}
