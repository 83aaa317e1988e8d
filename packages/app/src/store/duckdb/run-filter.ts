import type { RunQuery } from '@tacho/trace/wire/runs';
import type { QueryName } from '../queries/queries.ts';
import { querySql } from '../sql-file.ts';
import type { SqlValue } from './session.ts';

export type Condition = { sql: string; values: Record<string, SqlValue> };

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
  toUs: 'start_us BETWEEN 1 AND $toUs::BIGINT',
};

/** The filters of the run list as one condition over `runs`. */
export function filterOf(query: RunQuery): Condition {
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

/** A query whose condition is `{{filter}}`. */
export function fillFilter(name: QueryName, filter: string): string {
  return fillParts(name, { filter });
}

/** A query with `{{part}}` in it. */
export function fillParts(name: QueryName, parts: Record<string, string>): string {
  return querySql(name).replaceAll(/\{\{(\w+)\}\}/g, (_, part: string) => parts[part]!);
}
