import type { RunSummary } from '@tacho/trace/model/summary';

/** What the live stream brought: a run ended, came or went, or runs that are known to be at work went on. */
export type RunNews = 'changed' | 'progress';

/** Figures of runs that ended are asked for again at most so often; those of work that goes on, less so. */
const PAUSE_MS: Record<RunNews, number> = { changed: 5_000, progress: 20_000 };

/** A twentieth of its time, at most, the server spends on a page that only stands open. */
const REST = 20;

/** How long after an answer, which took so long, the next is asked for. */
export function pauseMs(news: RunNews, tookMs: number): number {
  return Math.max(PAUSE_MS[news], tookMs * REST);
}

/** What a batch of the live stream means for figures over many runs. `atWork` are the runs that were seen to run, and is kept. */
export function newsIn(
  { runs, gone, fresh }: { runs: readonly RunSummary[]; gone: readonly string[]; fresh: boolean },
  atWork: Set<string>,
): RunNews | undefined {
  let news: RunNews | undefined = fresh || gone.length > 0 ? 'changed' : undefined;
  for (const { runId, status } of runs) {
    if (status === 'running' && atWork.has(runId)) {
      news ??= 'progress';
      continue;
    }
    news = 'changed';
    if (status === 'running') atWork.add(runId);
    else atWork.delete(runId);
  }
  return news;
}
