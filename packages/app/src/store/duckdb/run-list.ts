import type { RunSummary } from '@tacho/trace/model/summary';
import type { RunList, RunQuery, RunSort } from '@tacho/trace/wire/runs';
import { RunQueryProblem } from '../store.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { type Condition, fillFilter, fillParts, filterOf } from './run-filter.ts';
import type { Session } from './session.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** The types that a cursor's text is read back as, and what it must look like for that. */
const TYPES = {
  BIGINT: isWhole,
  INTEGER: isWhole,
  DOUBLE: (text: string) => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)),
  VARCHAR: () => true,
} as const;

/** Each order of the list: the SQL of its key, and its type. */
const SORTS: Record<RunSort, { key: string; type: keyof typeof TYPES }> = {
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

const BEGIN_AGAIN =
  'Send the `next` of the page before as it is, with the same sort and direction; the first page is the one without a cursor.';

type ListRow = { run_key: number; sort_key: string | null; summary: string };

/** What comes after the row at which the page before ended. */
function afterOf(cursor: string | undefined, sort: RunSort, descending: boolean): Condition {
  if (cursor === undefined) return { sql: 'true', values: {} };
  const at = decodeCursor(cursor);
  const { key, type } = SORTS[sort];
  if (at === undefined || (at.key !== null && !TYPES[SORTS[at.sort].type](at.key)))
    throw new RunQueryProblem(`The cursor ${quoted(cursor)} is none that this list gave out.`, BEGIN_AGAIN);
  if (at.sort !== sort || at.descending !== descending)
    throw new RunQueryProblem(
      `The cursor is of the list ${orderOf(at)}, and this is the list ${orderOf({ sort, descending })}.`,
      BEGIN_AGAIN,
    );
  const beyond = descending ? '<' : '>';
  const values = { cursorRun: at.runKey };
  if (at.key === null) return { sql: `(${key} IS NULL AND run_key ${beyond} $cursorRun)`, values };
  const value = `$cursorKey::${type}`;
  return {
    sql: `(${key} IS NULL OR ${key} ${beyond} ${value} OR (${key} = ${value} AND run_key ${beyond} $cursorRun))`,
    values: { ...values, cursorKey: at.key },
  };
}

function orderOf({ sort, descending }: Pick<Cursor, 'sort' | 'descending'>): string {
  return `by ${sort}, ${descending ? 'descending' : 'ascending'}`;
}

function quoted(cursor: string): string {
  return JSON.stringify(cursor.length > 60 ? `${cursor.slice(0, 60)}…` : cursor);
}

function isWhole(text: string): boolean {
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text));
}
