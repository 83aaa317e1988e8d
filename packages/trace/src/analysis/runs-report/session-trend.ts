import type { Leverage } from '../../model/summary.ts';
import { rounded } from '../compare/summary-stats.ts';
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

/** Sessions in which the leverage of a run is known, the oldest first. */
export function sessionTrends(entries: readonly JudgedEntry[]): SessionTrend[] {
  const sessions = new Map<string, JudgedEntry[]>();
  for (const entry of entries.filter(hasEnded)) {
    const { session } = entry;
    if (session === undefined) continue;
    const known = sessions.get(session);
    if (known) known.push(entry);
    else sessions.set(session, [entry]);
  }
  return [...sessions]
    .filter(([, members]) => members.some(({ leverage }) => leverage !== null))
    .map(([session, members]) => ({ fromUs: startOf(members), trend: trendOf(session, members) }))
    .sort((a, b) => a.fromUs - b.fromUs || (a.trend.session < b.trend.session ? -1 : 1))
    .map(({ trend }) => trend);
}

function startOf(members: readonly JudgedEntry[]): number {
  const starts = members.map(({ startUs }) => startUs).filter((us) => us > 0);
  return starts.reduce((least, us) => Math.min(least, us), Number.POSITIVE_INFINITY);
}

function trendOf(session: string, members: readonly JudgedEntry[]): SessionTrend {
  const scores = members.map(({ run }) => run.score).filter((score) => score !== null);
  const durations = members.map(({ run }) => run.durationUs).filter((us) => us !== null);
  return {
    session,
    from: isoTime(startOf(members)),
    runs: members.length,
    leverage: { tac: leverageIn(members, 'tac'), proxy: leverageIn(members, 'proxy') },
    avg_score: scores.length === 0 ? null : rounded(mean(scores)),
    avg_duration_sec: durations.length === 0 ? null : rounded(mean(durations) / 1e6),
  };
}

function leverageIn(members: readonly JudgedEntry[], kind: Leverage['kind']): LeverageFigures | null {
  const values = members.flatMap(({ leverage }) => (leverage?.kind === kind ? [leverage.value] : []));
  if (values.length === 0) return null;
  const median = quantile(Float64Array.from(values).sort(), 0.5);
  return { runs: values.length, mean: rounded(mean(values)), median: rounded(median) };
}
