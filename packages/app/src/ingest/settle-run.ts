import type { RunHeader } from '@tacho/trace/model/run';
import { type SettleFacts, settledStatus } from '@tacho/trace/model/settle';
import type { ActiveRun } from './active-run.ts';

type Facts = Omit<SettleFacts, 'processAlive'> & {
  processAlive?: (run: RunHeader) => boolean | undefined;
};

/** Ends a run that is over. True when it was changed. */
export function settleRun(active: ActiveRun, facts: Facts): boolean {
  const { run } = active;
  const status = settledStatus(run, { ...facts, processAlive: facts.processAlive?.(run) });
  if (status === undefined) return false;
  Object.assign(run, { status, endUs: Math.max(run.lastUs, run.startUs), settled: true });
  active.touch();
  return true;
}
