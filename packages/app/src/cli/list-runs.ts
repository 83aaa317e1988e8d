import type { RunList, RunQuery, RunSummary } from '@tacho/trace/wire/runs';
import { type Connection, getJson } from './connection.ts';
import { runListPath } from './run-query.ts';

/** What the server gives at most in one answer. */
const PAGE = 1_000;

/** The pages of a list of runs, one after the other, of `limit` runs together at most. The last one says where it ends. */
export async function* runPages(
  connection: Connection,
  query: RunQuery,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<RunList, void, undefined> {
  let cursor: string | undefined;
  for (let left = limit; left > 0; ) {
    const page: RunList = await getJson<RunList>(
      connection,
      runListPath({ ...query, limit: Math.min(PAGE, left), ...(cursor !== undefined && { cursor }) }),
    );
    yield page;
    left -= page.runs.length;
    cursor = page.next;
    if (cursor === undefined || page.runs.length === 0) return;
  }
}

/** A list of at most `limit` runs as one answer. */
export async function listRuns(connection: Connection, query: RunQuery, limit: number): Promise<RunList> {
  const runs: RunSummary[] = [];
  let last: RunList = { runs: [], total: 0 };
  for await (const page of runPages(connection, query, limit)) {
    runs.push(...page.runs);
    last = page;
  }
  return { runs, total: last.total, ...(last.next !== undefined && { next: last.next }) };
}
