import type { RunSummary } from '@tacho/trace/model/summary';
import type { RunList, RunQuery, RunSort } from '@tacho/trace/wire/runs';
import { querySql } from '../sql-file.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Session, SqlValue } from './session.ts';

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

type Condition = { sql: string; values: Record<string, SqlValue> };

/** Each filter as SQL. */
const FILTERS: { [Field in keyof RunQuery]?: string } = {
  session: 'session_id = $session',
  project: 'project = $project',
  taskType: 'task_type = $taskType',
  status: 'status = $status',
  agent: 'agent = $agent',
  model: 'list_contains(models, $model)',
  label: 'list_contains(labels, $label)',
  minScore: 'score >= $minScore',
  maxScore: 'score <= $maxScore',
  fromUs: 'start_us >= $fromUs::BIGINT',
  toUs: 'start_us <= $toUs::BIGINT',
};

/** A page of the run list, newest first unless it says otherwise. */
export async function listRuns(session: Session, query: RunQuery): Promise<RunList> {
  const sort = query.sort ?? 'start';
  const descending = query.descending ?? sort === 'start';
  const limit = Math.min(Math.max(1, Math.trunc(query.limit ?? DEFAULT_LIMIT)), MAX_LIMIT);
  const filter = filterOf(query);
  const [counted] = await session.rowsOf<{ total: number }>(
    fill('count-runs', { filter: filter.sql }),
    filter.values,
  );
  const after = afterOf(query.cursor, sort, descending);
  const sql = fill('list-runs', {
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

function filterOf(query: RunQuery): Condition {
  const parts: string[] = [];
  const values: Record<string, SqlValue> = {};
  for (const [field, sql] of Object.entries(FILTERS)) {
    const value = query[field as keyof RunQuery];
    if (value === undefined || typeof value === 'boolean') continue;
    parts.push(sql);
    values[field] = value;
  }
  const search = query.search?.trim().toLowerCase() ?? '';
  if (search !== '') {
    const words = [...new Set(search.split(/\s+/))];
    const named = words.map((_, i) => `contains(search, $word${i})`).join(' AND ');
    for (const [i, word] of words.entries()) values[`word${i}`] = word;
    if (query.contents === true) {
      values.plain = search;
      values.escaped = JSON.stringify(search).slice(1, -1);
      const inContents = querySql('search-contents').replaceAll(/--.*$/gm, '').replace(/;\s*$/, '');
      parts.push(`((${named}) OR run_key IN (${inContents}))`);
    } else parts.push(`(${named})`);
  }
  return { sql: parts.join(' AND ') || 'true', values };
}

/** What comes after the row at which the page before ended. */
function afterOf(cursor: string | undefined, sort: RunSort, descending: boolean): Condition {
  const at = cursor === undefined ? undefined : decodeCursor(cursor);
  // A cursor of another order says nothing about this one: begin again.
  if (!at || at.sort !== sort || at.descending !== descending) return { sql: 'true', values: {} };
  const { key, type } = SORTS[sort];
  const beyond = descending ? '<' : '>';
  const values = { cursorRun: at.runKey };
  if (at.key === null) return { sql: `(${key} IS NULL AND run_key ${beyond} $cursorRun)`, values };
  const value = `$cursorKey::${type}`;
  return {
    sql: `(${key} IS NULL OR ${key} ${beyond} ${value} OR (${key} = ${value} AND run_key ${beyond} $cursorRun))`,
    values: { ...values, cursorKey: at.key },
  };
}

function fill(name: 'count-runs' | 'list-runs', parts: Record<string, string>): string {
  return querySql(name).replaceAll(/\{\{(\w+)\}\}/g, (_, part: string) => parts[part]!);
}
