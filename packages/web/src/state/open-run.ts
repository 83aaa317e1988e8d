import type { ColumnBuilder, SpanColumns } from '@tacho/trace/model/columns';
import type { RunSummary } from '@tacho/trace/model/summary';
import { type ApiFailure, failureOf, fetchStructure, fetchSummary } from '../api/client.ts';
import { olderLiveId, parseLiveId } from '../api/live-stream.ts';
import { atom } from './atom.ts';
import { type LiveBatch, live, onLive } from './live.ts';

/** The run that the page shows. */
export type OpenRun = {
  runId: string;
  phase: 'loading' | 'ready' | 'missing' | 'failed';
  failure?: ApiFailure;
  summary?: RunSummary;
  columns?: SpanColumns;
  /** Grows with every change of `columns`, whose arrays change in place. */
  version: number;
};

export const openRun = atom<OpenRun | undefined>(undefined);

type Loaded = { builder: ColumnBuilder; liveId: string | undefined };

const RETRY_MS = 1_000;

let abort: AbortController | undefined;
let loaded: Loaded | undefined;
/** Rows that came while the structure was on its way. */
let early: LiveBatch['spans'] = [];
/** The newest summary that came while the answers were on their way: the fetched one may be older, and is not sent again. */
let earlySummary: RunSummary | undefined;
let loading = false;

/** Opens a run, or none. Data of the run before is forgotten. */
export function showRun(runId: string | undefined): void {
  if (openRun.get()?.runId === runId) return;
  abort?.abort();
  loaded = undefined;
  early = [];
  openRun.set(runId === undefined ? undefined : { runId, phase: 'loading', version: 0 });
  live().want(runId);
  if (runId !== undefined) void load(runId);
}

async function load(runId: string): Promise<void> {
  abort?.abort();
  const control = new AbortController();
  abort = control;
  loading = true;
  earlySummary = undefined;
  try {
    const [summary, structure] = await Promise.all([
      fetchSummary(runId, control.signal),
      fetchStructure(runId, control.signal),
    ]);
    if (control.signal.aborted) return;
    loading = false;
    loaded = { builder: structure.value, liveId: structure.liveId };
    applyRows(early.splice(0));
    live().follow(olderOf(summary.liveId, structure.liveId), runId);
    publish({ phase: 'ready', summary: earlySummary ?? summary.value });
  } catch (error) {
    if (control.signal.aborted) return;
    loading = false;
    const failure = failureOf(error);
    // What was shown before stays: old figures with a banner are better than none.
    if (failure.status === 404) publish({ phase: 'missing', failure });
    else publish({ phase: loaded === undefined ? 'failed' : 'ready', failure });
    setTimeout(() => {
      if (!control.signal.aborted && failure.status !== 404) void load(runId);
    }, RETRY_MS);
  }
}

/** Both answers are continued from the older one. */
function olderOf(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || b === undefined ? b : (olderLiveId(a, b) ?? b);
}

function publish(change: Partial<OpenRun>): void {
  const now = openRun.get();
  if (now === undefined) return;
  const { failure: _, ...kept } = now;
  openRun.set({
    ...kept,
    ...change,
    ...(loaded && { columns: loaded.builder.columns }),
    version: now.version + 1,
  });
}

/** Applies rows that are newer than the structure; says whether there were any. */
function applyRows(messages: LiveBatch['spans']): boolean {
  if (loaded === undefined) return false;
  const known = loaded.liveId === undefined ? undefined : parseLiveId(loaded.liveId);
  let changed = false;
  for (const message of messages) {
    const { epoch, sequence } = parseLiveId(message.id);
    if (known && epoch === known.epoch && sequence <= known.sequence) continue;
    for (const row of message.rows) loaded.builder.set(row);
    changed = true;
  }
  return changed;
}

onLive((batch) => {
  const now = openRun.get();
  if (now === undefined) return;
  const rows = batch.spans.filter((message) => message.runId === now.runId);
  const summary = batch.runs.findLast((run) => run.runId === now.runId);
  if (batch.gone.includes(now.runId)) {
    abort?.abort();
    loaded = undefined;
    openRun.set({ runId: now.runId, phase: 'missing', version: now.version + 1 });
    return;
  }
  // A run that was not there when it was asked for, and now is; or everything has to be read again.
  if (batch.fresh || (summary !== undefined && now.phase === 'missing')) {
    void load(now.runId);
    early.push(...rows);
    return;
  }
  if (loading) {
    early.push(...rows);
    earlySummary = summary ?? earlySummary;
  }
  const changed = applyRows(rows);
  if (changed || summary) publish(summary ? { summary } : {});
});
