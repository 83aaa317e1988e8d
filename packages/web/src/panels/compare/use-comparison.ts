import { useEffect, useState } from 'react';
import { ApiFailure, type CompareRequest, fetchComparison, type NamedComparison } from '../../api/client.ts';

export type ComparisonState = {
  phase: 'idle' | 'loading' | 'ready' | 'failed';
  /** While the next one is on its way, the one before. */
  value?: NamedComparison;
  failure?: ApiFailure;
};

/** The comparison that is asked for; `again` asks for the same once more. */
export function useComparison(request: CompareRequest | undefined, again: number): ComparisonState {
  const [state, setState] = useState<ComparisonState>({ phase: request ? 'loading' : 'idle' });
  const key = request === undefined ? '' : JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the request, which is a new object with every place.
  useEffect(() => {
    if (request === undefined) {
      setState({ phase: 'idle' });
      return;
    }
    const control = new AbortController();
    setState(({ value }) => ({ phase: 'loading', ...(value && { value }) }));
    fetchComparison(request, control.signal).then(
      (value) => {
        if (!control.signal.aborted) setState({ phase: 'ready', value });
      },
      (error: unknown) => {
        if (control.signal.aborted) return;
        const failure =
          error instanceof ApiFailure
            ? error
            : new ApiFailure(0, 'unreadable', error instanceof Error ? error.message : String(error));
        setState({ phase: 'failed', failure });
      },
    );
    return () => control.abort();
  }, [key, again]);
  return state;
}
