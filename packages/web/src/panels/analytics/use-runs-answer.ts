import { useEffect, useState } from 'react';
import { ApiFailure, queryString } from '../../api/client.ts';
import { onLive } from '../../state/live.ts';
import type { RunFilters } from '../../state/url.ts';
import { newsIn, pauseMs, type RunNews } from './refresh-pace.ts';

export type RunsAnswer<T> = {
  value?: T;
  failure?: ApiFailure;
  /** The answer that is shown is of other filters. */
  stale: boolean;
  /** When it was given, by this browser's clock. */
  atMs: number;
};

type Ask<T> = (filters: RunFilters, signal: AbortSignal) => Promise<T>;

const RETRY_MS = 3_000;

/** An answer about the runs that fit. It is asked for again, with rests, as runs change; the one before stays meanwhile. */
export function useRunsAnswer<T>(ask: Ask<T>, filters: RunFilters): RunsAnswer<T> {
  const { sort: _, descending: __, ...chosen } = filters;
  const key = queryString(chosen);
  const [answer, setAnswer] = useState<RunsAnswer<T> & { key: string }>({ key, stale: false, atMs: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filters, which are new objects with every place.
  useEffect(
    () =>
      keepAsking(
        (signal) => ask(chosen, signal),
        (value) => setAnswer({ key, value, stale: false, atMs: Date.now() }),
        (failure) =>
          setAnswer((now) =>
            // What is known of these runs stays; figures of other runs beside the failure would be taken for theirs.
            now.key === key && now.value !== undefined
              ? { ...now, failure }
              : { key, failure, stale: false, atMs: Date.now() },
          ),
      ),
    [ask, key],
  );
  return { ...answer, stale: answer.key !== key };
}

/** Asks now, and again when runs have changed, until the returned function is called. */
function keepAsking<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  onValue: (value: T) => void,
  onFailure: (failure: ApiFailure) => void,
): () => void {
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
    try {
      const value = await ask(leaving.signal);
      if (leaving.signal.aborted) return;
      onValue(value);
    } catch (error) {
      if (leaving.signal.aborted) return;
      const failure =
        error instanceof ApiFailure
          ? error
          : new ApiFailure(0, 'unreadable', error instanceof Error ? error.message : String(error));
      onFailure(failure);
      if (failure.status === 0 || failure.status >= 500) askIn(RETRY_MS);
    }
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
}
