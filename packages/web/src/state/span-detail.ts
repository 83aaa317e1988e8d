import type { Span } from '@tacho/trace/model/span';
import { useEffect, useState } from 'react';
import { ApiFailure, fetchSpan } from '../api/client.ts';

export type SpanDetail =
  | { phase: 'loading'; span?: Span }
  | { phase: 'ready'; span: Span; full: boolean }
  | { phase: 'failed'; failure: ApiFailure };

/**
 * One span with its payloads. `stamp` changes when the span has changed: it is then fetched again, and what was there
 * stays until the answer comes. `full` fetches texts uncut.
 */
export function useSpanDetail(runId: string, no: number, stamp: string, full: boolean): SpanDetail {
  const [detail, setDetail] = useState<SpanDetail & { key?: string }>({ phase: 'loading' });
  const key = `${runId} ${no}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp is what says that the span has changed.
  useEffect(() => {
    const control = new AbortController();
    setDetail((now) => (now.key === key ? now : { phase: 'loading', key }));
    fetchSpan(runId, no, full, control.signal).then(
      (span) => {
        if (!control.signal.aborted) setDetail({ phase: 'ready', span, full, key });
      },
      (error: unknown) => {
        if (control.signal.aborted) return;
        const failure = error instanceof ApiFailure ? error : new ApiFailure(0, 'unreadable', String(error));
        // A refresh that fails leaves what is there: it was true a moment ago.
        setDetail((now) =>
          now.key === key && now.phase === 'ready' ? now : { phase: 'failed', failure, key },
        );
      },
    );
    return () => control.abort();
  }, [key, stamp, full]);
  return detail.key === key ? detail : { phase: 'loading' };
}
