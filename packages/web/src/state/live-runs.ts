import type { RunSummary } from '@tacho/trace/model/summary';
import { fetchRuns } from '../api/client.ts';
import { atom } from './atom.ts';
import { serverNowUs } from './clock.ts';
import { live, onLive } from './live.ts';

/** A run that is going on, or ended a moment ago, and what its tokens did lately. */
export type LiveRun = {
  summary: RunSummary;
  /** Token totals of the last half minute, oldest first. */
  samples: readonly { atUs: number; tokens: number }[];
  /** When it was seen to end. */
  endedUs?: number;
};

/** Newest start first. */
export const liveRuns = atom<readonly LiveRun[]>([]);

/** Whether it is known, or cannot be known, which runs are live: until then the list waits, so as not to be pushed down. */
export const liveRunsKnown = atom(false);

const WINDOW_US = 30e6;
/** A run that ended stays among the live ones for so long: people see how it ended where they were looking. */
const LINGER_US = 20e6;
/** Sessions of last week count as running for the moment in which they are imported: they are not live. */
const LONGEST_SILENCE_US = 6 * 3600e6;
const MOST = 100;

/** A rate over less than this says little. */
const LEAST_US = 10e6;

/** Tokens a minute over the last half minute; over the whole run while the page has not watched for long enough. */
export function rateOf(run: LiveRun, nowUs: number): number {
  const first = run.samples[0];
  const last = run.samples.at(-1);
  if (!first || !last || run.endedUs !== undefined) return 0;
  const watchedUs = nowUs - first.atUs;
  const ageUs = Math.max(LEAST_US, nowUs - run.summary.startUs);
  return watchedUs < LEAST_US || ageUs < WINDOW_US
    ? last.tokens * (60e6 / ageUs)
    : Math.max(0, last.tokens - first.tokens) * (60e6 / Math.min(WINDOW_US, watchedUs));
}

function sampled(run: LiveRun | undefined, summary: RunSummary, nowUs: number): LiveRun {
  const kept = (run?.samples ?? []).filter(
    // The newest sample before the window stays: the sum at the window's start.
    (sample, at, all) => sample.atUs > nowUs - WINDOW_US || (all[at + 1]?.atUs ?? nowUs) > nowUs - WINDOW_US,
  );
  return { summary, samples: [...kept, { atUs: nowUs, tokens: summary.tokens }] };
}

function merge(changed: readonly RunSummary[], gone: readonly string[], complete: boolean): void {
  const nowUs = serverNowUs();
  const runs = new Map(liveRuns.get().map((run) => [run.summary.runId, run]));
  const running = new Set<string>();
  for (const summary of changed) {
    const known = runs.get(summary.runId);
    if (summary.status === 'running' && nowUs - summary.lastUs < LONGEST_SILENCE_US) {
      running.add(summary.runId);
      runs.set(summary.runId, sampled(known, summary, nowUs));
    } else if (known) runs.set(summary.runId, { ...known, summary, endedUs: known.endedUs ?? nowUs });
  }
  for (const runId of gone) runs.delete(runId);
  for (const [runId, run] of runs) {
    if (run.endedUs !== undefined && nowUs - run.endedUs > LINGER_US) runs.delete(runId);
    // A complete answer that does not name it: it ended while the page was not listening.
    else if (complete && run.endedUs === undefined && !running.has(runId)) runs.delete(runId);
  }
  liveRuns.set([...runs.values()].sort((a, b) => b.summary.startUs - a.summary.startUs));
}

let wanted = false;

/** Starts to keep the live runs. Retries until the server answers. */
export async function watchLiveRuns(): Promise<void> {
  wanted = true;
  try {
    const answer = await fetchRuns({ status: 'running', limit: MOST });
    merge(answer.value.runs, [], true);
    live().follow(answer.liveId);
  } catch {
    // The list below says what is wrong; here it is only tried again.
    setTimeout(() => void watchLiveRuns(), 2_000);
  }
  liveRunsKnown.set(true);
}

onLive((batch) => {
  if (!wanted) return;
  if (batch.fresh) void watchLiveRuns();
  else if (batch.runs.length > 0 || batch.gone.length > 0) merge(batch.runs, batch.gone, false);
});

// Ended runs leave even when nothing else happens.
setInterval(() => {
  if (liveRuns.get().some((run) => run.endedUs !== undefined)) merge([], [], false);
}, 2_000);
