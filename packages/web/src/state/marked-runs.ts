import type { RunSummary } from '@tacho/trace/model/summary';
import { atom } from './atom.ts';
import { onLive } from './live.ts';
import type { DiffPlace } from './url.ts';

export type MarkedRun = Pick<RunSummary, 'runId' | 'name' | 'startUs'>;

/** Runs that a person has marked in the list, to do something with them. `refused`: one more was asked for. */
export type MarkedRuns = { readonly runs: readonly MarkedRun[]; readonly refused: boolean };

/** A diff has two sides. */
export const MOST_MARKED = 2;

const NONE: MarkedRuns = { runs: [], refused: false };
export const markedRuns = atom<MarkedRuns>(NONE);

/** The marks after a run is marked, or no longer. A further one than there is room for changes nothing. */
export function marksAfter({ runs }: MarkedRuns, run: MarkedRun): MarkedRuns {
  const rest = runs.filter(({ runId }) => runId !== run.runId);
  if (rest.length < runs.length) return { runs: rest, refused: false };
  if (runs.length >= MOST_MARKED) return { runs, refused: true };
  const { runId, name, startUs } = run;
  return { runs: [...runs, { runId, name, startUs }], refused: false };
}

/** The older run is what the newer one is set beside. */
export function diffOf({ runs }: MarkedRuns): DiffPlace {
  const [left, right] = [...runs].sort((a, b) => a.startUs - b.startUs);
  return {
    page: 'diff',
    ...(left && { left: left.runId }),
    ...(right && { right: right.runId }),
    ...(left && right && { changes: true }),
  };
}

export function toggleMark(run: MarkedRun): void {
  markedRuns.set(marksAfter(markedRuns.get(), run));
}

export function clearMarks(): void {
  markedRuns.set(NONE);
}

onLive(({ gone }) => {
  const { runs } = markedRuns.get();
  const left = runs.filter(({ runId }) => !gone.includes(runId));
  if (left.length < runs.length) markedRuns.set({ runs: left, refused: false });
});
