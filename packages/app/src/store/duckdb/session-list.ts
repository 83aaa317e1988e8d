import type { RunQuery } from '@tacho/trace/wire/runs';
import type { SessionInfo, SessionList } from '@tacho/trace/wire/search';
import { fillFilter, filterOf } from './run-filter.ts';
import type { Session } from './session.ts';

/** Sessions of the runs that fit the filters, newest first. */
export async function listSessions(session: Session, query: RunQuery, limit: number): Promise<SessionList> {
  const filter = filterOf(query);
  const rows = await session.rowsOf<SessionRow>(fillFilter('list-sessions', filter.sql), {
    ...filter.values,
    limit,
  });
  return {
    total: rows[0]?.total ?? 0,
    sessions: rows.map(
      (row): SessionInfo => ({
        sessionId: row.session_id,
        runs: row.runs,
        running: row.running,
        ok: row.ok,
        failed: row.failed,
        interrupted: row.interrupted,
        fromUs: row.from_us,
        toUs: row.to_us,
        workUs: row.work_us,
        tokens: row.tokens,
        costUsd: row.cost_usd,
        unpriced: row.unpriced,
        scored: row.scored,
        meanScore: row.mean_score,
        errors: row.errors,
      }),
    ),
  };
}

type SessionRow = {
  session_id: string;
  runs: number;
  running: number;
  ok: number;
  failed: number;
  interrupted: number;
  from_us: number;
  to_us: number;
  work_us: number;
  tokens: number;
  cost_usd: number | null;
  unpriced: number;
  scored: number;
  mean_score: number | null;
  errors: number;
  total: number;
};
