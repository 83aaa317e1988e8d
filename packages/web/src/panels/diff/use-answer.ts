import type { RunSummary } from '@tacho/trace/model/summary';
import { useCallback, useEffect, useState } from 'react';
import { ApiFailure, type Placed } from '../../api/client.ts';
import type { DiffSide } from '../../state/url.ts';

/** What the server answered, while it is asked: what it said before, where that was asked for the same. */
export type Answer<T> = {
  phase: 'asking' | 'ready' | 'failed';
  value?: T;
  failure?: ApiFailure;
  again: () => void;
};

/** The runs of both sides; undefined where none is named. */
export type SideRuns = { [Side in DiffSide]: Answer<Placed<RunSummary>> | undefined };

const RETRY_MS = 1_500;

/** Asks when `key` changes, and again on demand, and by itself as long as no server answers. No key: nothing to ask. */
export function useAnswer<T>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
): Answer<T> | undefined {
  const [state, setState] = useState<Omit<Answer<T>, 'again'> & { key?: string }>({ phase: 'asking' });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((now) => now + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is asked.
  useEffect(() => {
    if (key === undefined) return;
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const asked = async (): Promise<void> => {
      try {
        const value = await ask(control.signal);
        if (!control.signal.aborted) setState({ key, phase: 'ready', value });
      } catch (error) {
        if (control.signal.aborted) return;
        const failure =
          error instanceof ApiFailure
            ? error
            : new ApiFailure(0, 'unreadable', error instanceof Error ? error.message : String(error));
        setState({ key, phase: 'failed', failure });
        if (failure.status === 0) timer = setTimeout(() => void asked(), RETRY_MS);
      }
    };
    setState((now) => (now.key === key && now.phase === 'ready' ? now : { key, phase: 'asking' }));
    void asked();
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [key, round]);
  if (key === undefined) return undefined;
  // What was answered to another question is no answer to this one.
  return state.key === key ? { ...state, again } : { phase: 'asking', again };
}
