import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { JsonValue } from '@tacho/trace/model/json';
import type { ReportedRun } from '@tacho/trace/model/reported-run';
import type { RunOutput, RunStatus } from '@tacho/trace/model/run';
import type { Score } from '@tacho/trace/model/score';
import type { Leverage, RunSummary } from '@tacho/trace/model/summary';
import type { RunQuery } from '@tacho/trace/wire/runs';
import { fillFilter, filterOf } from './run-filter.ts';
import type { Session } from './session.ts';

/** Hands over every run that fits the filters, in no order. */
export async function reportedRuns(
  session: Session,
  query: RunQuery,
  use: (run: ReportedRun) => void,
): Promise<void> {
  const filter = filterOf(query);
  await session.chunksOf(fillFilter('reported-runs', filter.sql), filter.values, (chunk) => {
    const column = columnsOf(chunk);
    for (let at = 0; at < chunk.rowCount; at++) use(runAt(column, at));
  });
}

/** The columns in the order in which `reported-runs.sql` selects them. */
const COLUMNS = [
  'runId',
  'name',
  'taskType',
  'sessionId',
  'status',
  'agent',
  'model',
  'startUs',
  'durationUs',
  'tokens',
  'costUsd',
  'rounds',
  'facts',
  'whole',
] as const;
type Column = { getItem(at: number): unknown };
type Columns = Record<(typeof COLUMNS)[number], Column>;

/** What the query cuts out of a summary, in its order; null where the summary says nothing. */
type Facts = [
  task: string | null,
  endUs: number | null,
  labels: Record<string, string> | null,
  errorType: string | null,
  scores: Score[] | null,
  output: RunOutput | null,
  requests: number | null,
  unpricedCalls: number | null,
  leverage: Leverage | null,
  taskChecksum: JsonValue | null,
];

function columnsOf(chunk: DuckDBDataChunk): Columns {
  return Object.fromEntries(
    COLUMNS.map((name, index) => [name, chunk.getColumnVector(index) as Column]),
  ) as Columns;
}

function runAt(column: Columns, at: number): ReportedRun {
  const whole = column.whole.getItem(at) as string | null;
  if (whole !== null) return reportedFrom(JSON.parse(whole) as RunSummary);
  const [task, endUs, labels, errorType, scores, output, requests, unpricedCalls, leverage, checksum] =
    JSON.parse(column.facts.getItem(at) as string) as Facts;
  const taskType = column.taskType.getItem(at) as string | null;
  const sessionId = column.sessionId.getItem(at) as string | null;
  const agent = column.agent.getItem(at) as string | null;
  const model = column.model.getItem(at) as string | null;
  return {
    runId: column.runId.getItem(at) as string,
    name: column.name.getItem(at) as string,
    ...(task !== null && { task }),
    ...(taskType !== null && { taskType }),
    ...(sessionId !== null && { sessionId }),
    ...(agent !== null && { agent }),
    ...(model !== null && { model }),
    labels: labels ?? {},
    status: column.status.getItem(at) as RunStatus,
    startUs: column.startUs.getItem(at) as number,
    ...(endUs !== null && { endUs }),
    durationUs: column.durationUs.getItem(at) as number,
    scores: scores ?? [],
    rounds: column.rounds.getItem(at) as number,
    ...(output !== null && { output }),
    tokens: column.tokens.getItem(at) as number,
    costUsd: column.costUsd.getItem(at) as number | null,
    ...(unpricedCalls !== null && { unpricedCalls }),
    leverage,
    ...(errorType !== null && { error: { type: errorType } }),
    ...(requests !== null && { usage: { requests } }),
    attributes: checksum === null ? {} : { task_checksum: checksum },
  };
}

/** The same of a whole summary. */
export function reportedFrom(summary: RunSummary): ReportedRun {
  const { models, attributes, error, usage, ...rest } = summary;
  const checksum = attributes.task_checksum;
  return {
    ...rest,
    ...(models[0] !== undefined && { model: models[0] }),
    ...(error?.type !== undefined && { error: { type: error.type } }),
    ...(usage && { usage: { requests: usage.requests } }),
    attributes: checksum === undefined || checksum === null ? {} : { task_checksum: checksum },
  };
}
