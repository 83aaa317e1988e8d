import type { RunSummary } from '@tacho/trace/model/summary';
import type { RunList, RunQuery, RunSort } from '@tacho/trace/wire/runs';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type Condition, fillFilter, fillParts, filterOf } from './run-filter.ts';
import type { Session } from './session.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** Each order of the list: the SQL of its key, and the type that a cursor's text is read back as. */
const SORTS: Record<RunSort, { key: string; type: string }> = {
  start: { key: 'start_us', type: 'BIGINT' },
  name: { key: 'lower(name)', type: 'VARCHAR' },
  taskType: { key: 'task_type', type: 'VARCHAR' },
  agent: { key: 'agent', type: 'VARCHAR' },
  status: { key: 'status', type: 'VARCHAR' },
  duration: { key: 'duration_us', type: 'BIGINT' },
  tokens: { key: 'tokens', type: 'BIGINT' },
  cost: { key: 'cost_usd', type: 'DOUBLE' },
  score: { key: 'score', type: 'DOUBLE' },
  leverage: { key: 'leverage', type: 'DOUBLE' },
  rounds: { key: 'rounds', type: 'INTEGER' },
  errors: { key: 'errors', type: 'INTEGER' },
};

/** A page of the run list, newest first unless it says otherwise. */
export async function listRuns(session: Session, query: RunQuery): Promise<RunList> {
  const sort = query.sort ?? 'start';
  const descending = query.descending ?? sort === 'start';
  const limit = Math.min(Math.max(1, Math.trunc(query.limit ?? DEFAULT_LIMIT)), MAX_LIMIT);
  const filter = filterOf(query);
  const [counted] = await session.rowsOf<{ total: number }>(
    fillFilter('count-runs', filter.sql),
    filter.values,
  );
  const after = afterOf(query.cursor, sort, descending);
  const sql = fillParts('list-runs', {
    sort: SORTS[sort].key,
    direction: descending ? 'DESC' : 'ASC',
    filter: filter.sql,
    after: after.sql,
  });
  // One row more than asked for tells whether there is a next page.
  const rows = await session.rowsOf<ListRow>(sql, { ...filter.values, ...after.values, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    runs: shown.map((row) => JSON.parse(row.summary) as RunSummary),
    total: counted!.total,
    ...(rows.length > limit &&
      last && { next: encodeCursor({ sort, descending, key: last.sort_key, runKey: last.run_key }) }),
  };
}

type ListRow = { run_key: number; sort_key: string | null; summary: string };

/** What comes after the row at which the page before ended. */
function afterOf(cursor: string | undefined, sort: RunSort, descending: boolean): Condition {
  const at = cursor === undefined ? undefined : decodeCursor(cursor);
  // A cursor of another order says nothing about this one: begin again.
  if (!at || at.sort !== sort || at.descending !== descending) return { sql: 'true', values: {} };
  const { key, type } = SORTS[sort];
  const beyond = descending ? '<' : '>';
  const values = { cursorRun: at.runKey };
  if (at.key === null) return { sql: `(${key} IS NULL AND run_key ${beyond} $cursorRun)`, values };
  // Nor does one that somebody made up.
  if (type !== 'VARCHAR' && !Number.isFinite(Number(at.key))) return { sql: 'true', values: {} };
  const value = `$cursorKey::${type}`;
  return {
    sql: `(${key} IS NULL OR ${key} ${beyond} ${value} OR (${key} = ${value} AND run_key ${beyond} $cursorRun))`,
    values: { ...values, cursorKey: at.key },
  };
}
