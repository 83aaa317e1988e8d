import type { Io } from './io.ts';

/** What asks a command to stop. */
const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts when somebody who has asked a command to stop asks again: what still runs has no more time, and what is to be
 * written still is. Whoever asks a third time does not want to wait for that either: then the signal does what it does
 * without this.
 */
export function insisted({ signal, process }: Pick<Io, 'signal' | 'process'>): {
  signal: AbortSignal;
  giveBack(): void;
} {
  const again = new AbortController();
  let giveBack = (): void => {};
  const asked = (): void => {
    giveBack =
      process?.takeSignals(STOPS, () => {
        giveBack();
        again.abort();
      }) ?? giveBack;
  };
  if (signal.aborted) asked();
  else signal.addEventListener('abort', asked, { once: true });
  return {
    signal: again.signal,
    giveBack() {
      signal.removeEventListener('abort', asked);
      giveBack();
    },
  };
}
