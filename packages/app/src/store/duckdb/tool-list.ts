import type { RunQuery } from '@tacho/trace/wire/runs';
import type { ToolFigures, ToolList } from '@tacho/trace/wire/tools';
import { fillFilter, filterOf } from './run-filter.ts';
import type { Session } from './session.ts';
import { textFrom } from './stored-text.ts';

/** Tools that the runs which fit the filters called, the most used first. */
export async function listTools(session: Session, query: RunQuery, limit: number): Promise<ToolList> {
  const filter = filterOf(query);
  const rows = await session.rowsOf<ToolRow>(fillFilter('list-tools', filter.sql), {
    ...filter.values,
    limit,
  });
  return {
    total: rows[0]?.total ?? 0,
    tools: rows.map(
      (row): ToolFigures => ({
        tool: textFrom(row.tool),
        runs: row.runs,
        calls: row.calls,
        errors: row.errors,
        errorRate: row.errors / row.calls,
        cancelled: row.cancelled,
        open: row.open,
        medianUs: row.median_us,
        p95Us: row.p95_us,
        maxUs: row.max_us,
      }),
    ),
  };
}

type ToolRow = {
  tool: string;
  runs: number;
  calls: number;
  errors: number;
  cancelled: number;
  open: number;
  median_us: number | null;
  p95_us: number | null;
  max_us: number | null;
  total: number;
};
