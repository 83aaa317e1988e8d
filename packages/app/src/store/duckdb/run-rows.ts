import type { JudgedFacts } from '@tacho/trace/model/judged-facts';
import type { RunHeader } from '@tacho/trace/model/run';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { Column } from './append.ts';
import { judgedText } from './judged-text.ts';

/** What a summary has beyond the header. A field missing here does not compile. */
const COUNTED = {
  spans: true,
  openSpans: true,
  errors: true,
  toolCalls: true,
  llmCalls: true,
  agents: true,
  models: true,
  agent: true,
  tokens: true,
  score: true,
  rounds: true,
  leverage: true,
  stage: true,
  durationUs: true,
} as const satisfies Record<Exclude<keyof RunSummary, keyof RunHeader>, true>;

/** A run on its way into the table `runs`. */
export type RunRow = {
  runKey: number;
  summary: RunSummary;
  summaryText: string;
  headerText: string | undefined;
  judgedText: string | undefined;
  search: string;
};

/** The header that a summary contains. */
export function headerWithin(summary: RunSummary): RunHeader {
  const header: Record<string, unknown> = { ...summary };
  for (const field in COUNTED) delete header[field];
  return header as RunHeader;
}

function labelsOf(header: RunHeader): string[] {
  return Object.entries(header.labels).map(([key, value]) => `${key}=${value}`);
}

/** What the search box looks at, in lower case, a line each. */
function searchText(summary: RunSummary): string {
  const { runId, name, task, taskType, sessionId, project, agent } = summary;
  return [runId, name, task, taskType, sessionId, project, agent, ...summary.models, ...labelsOf(summary)]
    .filter((text) => text !== undefined)
    .join('\n')
    .toLowerCase();
}

export function runRow(
  runKey: number,
  header: RunHeader,
  summary: RunSummary,
  judged: JudgedFacts | undefined,
): RunRow {
  const headerText = JSON.stringify(header);
  return {
    runKey,
    summary,
    summaryText: JSON.stringify(summary),
    headerText: JSON.stringify(headerWithin(summary)) === headerText ? undefined : headerText,
    judgedText: judged && judgedText(judged),
    search: searchText(summary),
  };
}

/** The columns of `runs`, in the order of its table. */
export const RUN_COLUMNS: readonly Column<RunRow>[] = [
  { type: 'int', of: (row) => row.runKey },
  { type: 'text', of: ({ summary }) => summary.runId },
  { type: 'text', of: ({ summary }) => summary.name },
  { type: 'text', of: ({ summary }) => summary.taskType },
  { type: 'text', of: ({ summary }) => summary.sessionId },
  { type: 'text', of: ({ summary }) => summary.project },
  { type: 'text', of: ({ summary }) => summary.status },
  { type: 'text', of: ({ summary }) => summary.agent },
  { type: 'long', of: ({ summary }) => (summary.timeUntold ? 0 : summary.startUs) },
  { type: 'long', of: ({ summary }) => (summary.timeUntold ? 0 : summary.lastUs) },
  { type: 'long', of: ({ summary }) => summary.durationUs },
  { type: 'long', of: ({ summary }) => summary.tokens },
  { type: 'double', of: ({ summary }) => summary.costUsd ?? undefined },
  { type: 'double', of: ({ summary }) => summary.score },
  { type: 'double', of: ({ summary }) => summary.leverage?.value },
  { type: 'int', of: ({ summary }) => summary.rounds },
  { type: 'int', of: ({ summary }) => summary.errors },
  { type: 'texts', of: ({ summary }) => summary.models },
  { type: 'texts', of: ({ summary }) => labelsOf(summary) },
  { type: 'text', of: (row) => row.search },
  { type: 'text', of: (row) => row.summaryText },
  { type: 'text', of: (row) => row.headerText },
  { type: 'text', of: (row) => row.judgedText },
];
