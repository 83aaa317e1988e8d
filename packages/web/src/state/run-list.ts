import type { RunSummary } from '@tacho/trace/model/summary';
import { type ApiFailure, failureOf, fetchRuns, queryString, type RunQuery } from '../api/client.ts';
import { atom } from './atom.ts';
import { live, onLive } from './live.ts';
import type { RunFilters } from './url.ts';

export type RunListState = {
  /** The query it answers, as text. */
  key: string;
  phase: 'loading' | 'ready' | 'failed';
  failure?: ApiFailure;
  runs: readonly RunSummary[];
  total: number;
  next?: string;
  loadingMore: boolean;
  /** There are new runs that are held back while a person points at the list. */
  waiting: boolean;
};

const PAGE = 100;
const REFRESH_MS = 1_000;
const RETRY_MS = 1_500;

const blank: RunListState = {
  key: '',
  phase: 'loading',
  runs: [],
  total: 0,
  loadingMore: false,
  waiting: false,
};
export const runList = atom<RunListState>(blank);

let filters: RunFilters = {};
let abort: AbortController | undefined;
/** Summaries that came while the first page was on its way: its rows may be older, and are not sent again. */
let early: Map<string, RunSummary> | undefined;
let held = false;
let refresh: ReturnType<typeof setTimeout> | undefined;

/** Shows the runs of a query, from the top. The rows before stay until the answer is there. */
export function showRuns(next: RunFilters): void {
  const key = queryString(next);
  const now = runList.get();
  if (now.key === key && now.phase === 'ready') {
    void loadHead(true);
    return;
  }
  filters = next;
  runList.set({ ...now, key, phase: 'loading', waiting: false });
  void loadHead(false);
}

/** Fetches the first page. `keep`: rows further down stay, in the order they had. */
async function loadHead(keep: boolean): Promise<void> {
  abort?.abort();
  const control = new AbortController();
  abort = control;
  clearTimeout(refresh);
  refresh = undefined;
  early = new Map();
  const query: RunQuery = { ...filters, limit: PAGE };
  try {
    const { value, liveId } = await fetchRuns(query, control.signal);
    if (control.signal.aborted) return;
    const now = runList.get();
    const fetched = new Set(value.runs.map((run) => run.runId));
    const rest = keep && now.runs.length > PAGE ? now.runs.filter((run) => !fetched.has(run.runId)) : [];
    const next = rest.length > 0 ? now.next : value.next;
    runList.set({
      key: now.key,
      phase: 'ready',
      runs: [...value.runs.map((run) => early?.get(run.runId) ?? run), ...rest],
      total: value.total,
      ...(next !== undefined && { next }),
      loadingMore: false,
      waiting: false,
    });
    early = undefined;
    live().follow(liveId);
  } catch (error) {
    if (control.signal.aborted) return;
    const failure = failureOf(error);
    const now = runList.get();
    runList.set({ ...now, phase: now.runs.length > 0 && keep ? 'ready' : 'failed', failure });
    if (failure.status === 0 || failure.status >= 500) {
      setTimeout(() => {
        if (!control.signal.aborted) void loadHead(keep);
      }, RETRY_MS);
    }
  }
}

/** Fetches the next page, when there is one. */
export async function loadMoreRuns(): Promise<void> {
  const now = runList.get();
  if (now.loadingMore || now.next === undefined || now.phase !== 'ready') return;
  runList.set({ ...now, loadingMore: true });
  try {
    const { value } = await fetchRuns({ ...filters, limit: PAGE, cursor: now.next });
    const current = runList.get();
    if (current.key !== now.key) return;
    const known = new Set(current.runs.map((run) => run.runId));
    const { next: _, ...kept } = current;
    runList.set({
      ...kept,
      runs: [...current.runs, ...value.runs.filter((run) => !known.has(run.runId))],
      total: value.total,
      ...(value.next !== undefined && { next: value.next }),
      loadingMore: false,
    });
  } catch (error) {
    runList.set({ ...runList.get(), loadingMore: false, failure: failureOf(error) });
  }
}

/** While held, rows are updated in place but none is added: nothing jumps under the pointer. */
export function holdRuns(hold: boolean): void {
  held = hold;
  if (!hold && runList.get().waiting) void loadHead(true);
}

/** Shows at once what was held back. */
export function showWaitingRuns(): void {
  void loadHead(true);
}

onLive((batch) => {
  for (const run of batch.runs) early?.set(run.runId, run);
  const now = runList.get();
  if (now.key === blank.key && now.phase === 'loading') return;
  if (batch.fresh) {
    void loadHead(true);
    return;
  }
  if (batch.runs.length === 0 && batch.gone.length === 0) return;
  const changed = new Map(batch.runs.map((run) => [run.runId, run]));
  const gone = new Set(batch.gone);
  const runs: RunSummary[] = [];
  for (const run of now.runs) {
    if (gone.has(run.runId)) continue;
    const update = changed.get(run.runId);
    changed.delete(run.runId);
    runs.push(update ?? run);
  }
  // What is left is new, or not on these pages: the server knows whether and where it belongs.
  const unknown = changed.size > 0;
  runList.set({
    ...now,
    runs,
    total: now.total - (now.runs.length - runs.length),
    waiting: now.waiting || (unknown && held),
  });
  if (unknown && !held) refresh ??= setTimeout(() => void loadHead(true), REFRESH_MS);
});
