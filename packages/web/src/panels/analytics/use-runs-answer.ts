import { queryString } from '../../api/client.ts';
import { type Answer, type Asking, askOnce, useAnswer } from '../../state/answer.ts';
import { onLive } from '../../state/live.ts';
import type { RunFilters } from '../../state/url.ts';
import { newsIn, pauseMs, type RunNews } from './refresh-pace.ts';

const RETRY_MS = 3_000;

/** An answer about the runs that fit. It is asked for again, with rests, as runs change; the one before stays meanwhile. */
export function useRunsAnswer<T>(
  ask: (filters: RunFilters, signal: AbortSignal) => Promise<T>,
  filters: RunFilters,
): Answer<T> {
  const { sort: _, descending: __, ...chosen } = filters;
  return useAnswer(queryString(chosen), (signal) => ask(chosen, signal), {
    keeps: true,
    asking: keepAsking,
  })!;
}

/** Asks now, and again when runs have changed. */
const keepAsking: Asking = (ask, told) => {
  const leaving = new AbortController();
  const atWork = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Number.POSITIVE_INFINITY;
  let asking = false;
  let missed: RunNews | undefined;
  let answered = { atMs: 0, tookMs: 0 };

  const askIn = (ms: number): void => {
    const at = performance.now() + Math.max(0, ms);
    if (at >= dueMs) return;
    clearTimeout(timer);
    dueMs = at;
    timer = setTimeout(() => void askNow(), at - performance.now());
  };
  const take = (news: RunNews): void => {
    if (asking) missed = missed === 'changed' ? missed : news;
    else askIn(answered.atMs + pauseMs(news, answered.tookMs) - performance.now());
  };
  const askNow = async (): Promise<void> => {
    dueMs = Number.POSITIVE_INFINITY;
    // A page that nobody sees asks when it is looked at again.
    if (document.hidden && answered.atMs > 0) {
      document.addEventListener('visibilitychange', () => askIn(0), { once: true, signal: leaving.signal });
      return;
    }
    asking = true;
    missed = undefined;
    const begunMs = performance.now();
    const failure = await askOnce(ask, told, leaving.signal);
    if (leaving.signal.aborted) return;
    if (failure && (failure.status === 0 || failure.status >= 500)) askIn(RETRY_MS);
    asking = false;
    answered = { atMs: performance.now(), tookMs: performance.now() - begunMs };
    if (missed !== undefined) take(missed);
  };

  void askNow();
  const unsubscribe = onLive((batch) => {
    const news = newsIn(batch, atWork);
    if (news !== undefined) take(news);
  });
  return () => {
    leaving.abort();
    clearTimeout(timer);
    unsubscribe();
  };
};
