import { useCallback, useEffect, useState } from 'react';
import { type ApiFailure, failureOf } from '../api/client.ts';

/** What the server says to one question. */
export type Answer<T> = {
  phase: 'asking' | 'ready' | 'failed';
  value?: T;
  /** The last answer was this one. */
  failure?: ApiFailure;
  /** What is known is the answer to another question, kept while this one is asked. */
  stale: boolean;
  /** When it was given, by this browser's clock. */
  atMs: number;
  again: () => void;
};

type Ask<T> = (signal: AbortSignal) => Promise<T>;
type Told<T> = { value: (value: T) => void; failure: (failure: ApiFailure) => void };

/** Asks, as often as it takes or is of use, until the returned function is called. */
export type Asking = <T>(ask: Ask<T>, told: Told<T>) => () => void;

const RETRY_MS = 1_500;

/** Asks a single time and tells what came of it, unless nobody waits for it any more. */
export async function askOnce<T>(
  ask: Ask<T>,
  told: Told<T>,
  signal: AbortSignal,
): Promise<ApiFailure | undefined> {
  try {
    const value = await ask(signal);
    if (!signal.aborted) told.value(value);
    return undefined;
  } catch (error) {
    const failure = failureOf(error);
    if (!signal.aborted) told.failure(failure);
    return failure;
  }
}

/** Asks until a server has answered, whatever it says. */
const untilAnswered: Asking = (ask, told) => {
  const control = new AbortController();
  const { signal } = control;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const asked = async (): Promise<void> => {
    const failure = await askOnce(ask, told, signal);
    if (failure?.status === 0 && !signal.aborted) timer = setTimeout(() => void asked(), RETRY_MS);
  };
  void asked();
  return () => {
    control.abort();
    clearTimeout(timer);
  };
};

type Known<T> = Omit<Answer<T>, 'stale' | 'again'> & { key?: string };
const NOTHING: Known<never> = { phase: 'asking', atMs: 0 };

/**
 * Asks when `key` changes, and again on demand. Without a key there is nothing to ask. `keeps`: while another question is
 * asked, the answer to the one before stays.
 */
export function useAnswer<T>(
  key: string | undefined,
  ask: Ask<T>,
  { keeps = false, asking = untilAnswered }: { keeps?: boolean; asking?: Asking } = {},
): Answer<T> | undefined {
  const [known, setKnown] = useState<Known<T>>(NOTHING);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((now) => now + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is asked.
  useEffect(() => {
    if (key === undefined) {
      setKnown(NOTHING);
      return;
    }
    setKnown((now) =>
      keeps || (now.key === key && now.value !== undefined) ? { ...now, phase: 'asking' } : NOTHING,
    );
    return asking(ask, {
      value: (value) => setKnown({ key, phase: 'ready', value, atMs: Date.now() }),
      failure: (failure) =>
        setKnown((now) =>
          // What is known of this question stays; the answer to another one beside the failure would be taken for its own.
          keeps && now.key === key && now.value !== undefined
            ? { ...now, phase: 'failed', failure }
            : { key, phase: 'failed', failure, atMs: Date.now() },
        ),
    });
  }, [key, round]);
  if (key === undefined) return undefined;
  const stale = known.key !== undefined && known.key !== key;
  if (stale && !keeps) return { ...NOTHING, stale: false, again };
  return { ...known, phase: stale ? 'asking' : known.phase, stale, again };
}
