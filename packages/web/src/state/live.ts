import type { SpanRow } from '@tacho/trace/model/columns';
import type { RunSummary } from '@tacho/trace/model/summary';
import { nowUs } from '@tacho/trace/model/time';
import { type LiveDoor, openLive } from '../api/live.ts';
import type { StreamNews, StreamPhase } from '../api/live-stream.ts';
import { atom } from './atom.ts';
import { clockOffsetUs, holdClock } from './clock.ts';

/** What came in since the last batch. All of it are upserts: applying it twice changes nothing. */
export type LiveBatch = {
  runs: RunSummary[];
  spans: { runId: string; id: string; rows: SpanRow[] }[];
  gone: string[];
  /** Continuity was lost: everything on the page has to be fetched again. */
  fresh: boolean;
};

export const livePhase = atom<StreamPhase>('connecting');
/** Age of the newest message when it arrived, in µs; undefined before the first. */
export const behindUs = atom<number | undefined>(undefined);

/** The page changes at most ten times a second. */
const BATCH_MS = 100;

const listeners = new Set<(batch: LiveBatch) => void>();
const empty = (): LiveBatch => ({ runs: [], spans: [], gone: [], fresh: false });
let batch = empty();
let flushedAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function flush(): void {
  timer = undefined;
  flushedAt = performance.now();
  const full = batch;
  batch = empty();
  for (const listener of listeners) listener(full);
}

function take(news: StreamNews): void {
  switch (news.type) {
    case 'phase':
      livePhase.set(news.phase);
      holdClock(news.phase === 'reconnecting');
      return;
    case 'clock':
      clockOffsetUs.set(news.offsetUs);
      return;
    case 'fresh':
      batch.fresh = true;
      break;
    case 'runs':
      batch.runs.push(...news.data.runs);
      break;
    case 'spans':
      batch.spans.push({ runId: news.data.runId, id: news.id, rows: news.data.rows });
      break;
    case 'gone':
      batch.gone.push(...news.data.runIds);
      break;
  }
  if ('data' in news) behindUs.set(Math.max(0, nowUs() + clockOffsetUs.get() - news.data.sentUs));
  if (timer === undefined) timer = setTimeout(flush, Math.max(0, flushedAt + BATCH_MS - performance.now()));
}

let door: LiveDoor | undefined;

/** The page's end of the live stream, opened on first use. */
export function live(): LiveDoor {
  door ??= openLive(take);
  return door;
}

/** Calls back with every batch, at most ten a second, until the returned function is called. */
export function onLive(listener: (batch: LiveBatch) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
