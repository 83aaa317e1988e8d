import type { Leverage } from '../../model/summary.ts';
import { Mean, rounded } from '../compare/summary-stats.ts';
import { quantile } from '../quantile.ts';
import { mean } from '../statistics/moments.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';
import { isoTime } from './time-steps.ts';

export type LeverageFigures = { runs: number; mean: number; median: number };

/** The leverage of one session, beside what it is made of: it falls while scores rise where runs take longer. */
export type SessionTrend = {
  session: string;
  /** Start of its first run. */
  from: string | null;
  /** Runs that came to an end. */
  runs: number;
  /** Kinds apart: values of different kinds are not comparable. Null where no run has that kind. */
  leverage: Record<Leverage['kind'], LeverageFigures | null>;
  avg_score: number | null;
  avg_duration_sec: number | null;
};

type SessionTally = {
  fromUs: number;
  runs: number;
  leverage: Record<Leverage['kind'], number[]>;
  score: Mean;
  seconds: Mean;
};

/** Gathers what the runs of each session were worth. */
export class SessionTrends {
  readonly #sessions = new Map<string, SessionTally>();

  add(entry: JudgedEntry): void {
    const { run } = entry;
    const { session, leverage, startUs } = entry.facts;
    if (session === undefined || !hasEnded(entry)) return;
    let tally = this.#sessions.get(session);
    if (!tally) {
      tally = {
        fromUs: Number.POSITIVE_INFINITY,
        runs: 0,
        leverage: { tac: [], proxy: [] },
        score: new Mean(),
        seconds: new Mean(),
      };
      this.#sessions.set(session, tally);
    }
    tally.runs++;
    if (startUs > 0) tally.fromUs = Math.min(tally.fromUs, startUs);
    if (leverage !== null) tally.leverage[leverage.kind].push(leverage.value);
    tally.score.add(run.score);
    tally.seconds.add(run.durationUs === null ? null : run.durationUs / 1e6);
  }

  /** Sessions in which the leverage of a run is known, the oldest first. */
  trends(): SessionTrend[] {
    return [...this.#sessions]
      .filter(([, { leverage }]) => leverage.tac.length + leverage.proxy.length > 0)
      .sort(([name, a], [other, b]) => Math.sign(a.fromUs - b.fromUs) || (name < other ? -1 : 1))
      .map(([session, { fromUs, runs, leverage, score, seconds }]) => ({
        session,
        from: isoTime(fromUs),
        runs,
        leverage: { tac: leverageFigures(leverage.tac), proxy: leverageFigures(leverage.proxy) },
        avg_score: score.value(),
        avg_duration_sec: seconds.value(),
      }));
  }
}

export function leverageFigures(values: readonly number[]): LeverageFigures | null {
  if (values.length === 0) return null;
  const median = quantile(Float64Array.from(values).sort(), 0.5);
  return { runs: values.length, mean: rounded(mean(values)), median: rounded(median) };
}
