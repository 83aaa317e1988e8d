import { useEffect, useState } from 'react';
import { fetchRuns, fetchSessions } from '../../api/client.ts';
import type { Stored } from './suggestions.ts';

/** Of each so many are looked at for suggestions: the newest. */
const MOST_SESSIONS = 200;
const MOST_RUNS = 500;

export type KnownStored = Stored & { /** The server has answered. */ known: boolean };

/** What is stored, as far as suggestions need it; unknown until the server has answered. */
export function useStored(): KnownStored {
  const [stored, setStored] = useState<KnownStored>({ sessions: [], runs: [], known: false });
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    Promise.all([fetchSessions(MOST_SESSIONS, signal), fetchRuns({ limit: MOST_RUNS }, signal)]).then(
      ([{ sessions }, { value }]) => {
        if (!signal.aborted) setStored({ sessions, runs: value.runs, known: true });
      },
      () => {
        // Suggestions only: a side can be typed without them.
      },
    );
    return () => control.abort();
  }, []);
  return stored;
}
