import type { RunHeader } from '@tacho/trace/model/run';
import { fullTime, listTime, NO_TIME } from '../ui/format.ts';

const WHY = 'Its source says no times: what stands for them only tells the order of the steps';

/** When a run started, as lists and heads show it; without a start, when it was last heard of. */
export function StartTime({
  run,
  nowUs,
}: {
  run: Pick<RunHeader, 'startUs' | 'lastUs' | 'timeUntold'>;
  nowUs: number;
}) {
  if (run.timeUntold) return <span title={WHY}>{NO_TIME}</span>;
  const us = run.startUs || run.lastUs;
  return <time title={fullTime(us)}>{listTime(us, nowUs)}</time>;
}
