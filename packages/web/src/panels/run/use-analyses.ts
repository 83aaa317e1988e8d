import { useEffect, useRef, useState } from 'react';
import { serverNowUs } from '../../state/clock.ts';
import type { OpenRun } from '../../state/open-run.ts';
import { usualTimes } from '../../state/usual.ts';
import { Analyses } from './analyses.ts';

/** At most ten times a second … */
const SHORTEST_MS = 100;
/** … and, for large runs, at most a fifth of the time. */
const REST_FACTOR = 4;
/** Stalls and elapsed times change even when nothing comes in. */
const TICK_MS = 1_000;

function make(run: OpenRun, before: Analyses | undefined): Analyses | undefined {
  const { columns, summary } = run;
  if (!columns || !summary) return undefined;
  return new Analyses(
    columns,
    summary,
    summary.status === 'running' ? Math.max(serverNowUs(), summary.startUs) : summary.lastUs,
    summary.status === 'running' ? usualTimes() : [],
    before,
  );
}

/** The figures of the open run, following its changes as often as they can be afforded. */
export function useAnalyses(run: OpenRun | undefined): Analyses | undefined {
  const [analyses, setAnalyses] = useState<Analyses | undefined>();
  const made = useRef({ version: -1, atMs: 0, runId: '' });
  const latest = useRef(run);
  latest.current = run;
  const current = useRef<Analyses | undefined>(undefined);
  const running = run?.summary?.status === 'running';
  const version = run?.version ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version is what says that the run has changed.
  useEffect(() => {
    const remake = (): void => {
      const now = latest.current;
      const same = now?.version === made.current.version;
      const next = now && make(now, same ? current.current : undefined);
      made.current = { version: now?.version ?? -1, atMs: performance.now(), runId: now?.runId ?? '' };
      current.current = next;
      setAnalyses(next);
    };
    const wait = (): number =>
      Math.max(SHORTEST_MS, (current.current?.costMs ?? 0) * REST_FACTOR) -
      (performance.now() - made.current.atMs);
    if (made.current.version !== version && (wait() <= 0 || current.current === undefined)) remake();
    const pending = made.current.version === version ? undefined : setTimeout(remake, Math.max(0, wait()));
    const ticking = running
      ? setInterval(() => {
          if (wait() <= 0) remake();
        }, TICK_MS)
      : undefined;
    return () => {
      clearTimeout(pending);
      clearInterval(ticking);
    };
  }, [version, running, run?.runId]);
  return analyses;
}
