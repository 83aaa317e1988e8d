import type { Run } from '../model/run.ts';
import type { Span } from '../model/span.ts';
import { allInputTokens } from '../model/usage.ts';
import { usageFrom } from '../model/usage-fields.ts';
import { purposeOf, toolNameOf } from './tool-purpose.ts';
import type { ToolPurpose } from './tool-words.ts';

/** One tool's part of a run, call by call. Times in µs; tokens null where no call of it tells any. */
export type ToolUsage = {
  name: string;
  /** What its calls were for; a shell whose calls were for different things is a `shell`. */
  purpose: ToolPurpose;
  purposes: Partial<Record<ToolPurpose, number>>;
  calls: number;
  succeeded: number;
  /** Calls that are neither are open, were refused, or do not say how they went. */
  failed: number;
  /** Mean over the calls that ended; null when none did. */
  meanUs: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
};

export type FailureAnalysis = {
  total: number;
  /** Share of all calls, 0 to 1; null without calls. */
  rate: number | null;
  byType: Map<string, number>;
  byTool: Map<string, number>;
  /** Share of each failing tool's own calls. */
  rateByTool: Map<string, number>;
};

export type ToolReport = {
  /** In the order of their first call. */
  tools: ToolUsage[];
  calls: number;
  searches: number;
  fileOperations: number;
  failures: FailureAnalysis;
};

/** What the tools of a run were used for and how their calls went. Each call is one action (G17), whatever its command. */
export function toolReportOf(run: Run): ToolReport {
  const tools = new Map<string, ToolUsage & { endedUs: number; ended: number }>();
  const failures = { byType: new Map<string, number>(), byTool: new Map<string, number>() };
  for (const span of run.spans) {
    if (span.kind !== 'tool' && span.tool === undefined) continue;
    const name = toolNameOf(span);
    const tool = tools.get(name) ?? emptyUsageOf(name);
    tools.set(name, tool);
    countCall(tool, span);
    if (span.status !== 'error') continue;
    increase(failures.byType, span.error?.type ?? 'unknown');
    increase(failures.byTool, name);
  }
  const all = [...tools.values()].map(finished);
  const calls = all.reduce((sum, tool) => sum + tool.calls, 0);
  const total = all.reduce((sum, tool) => sum + tool.failed, 0);
  return {
    tools: all,
    calls,
    searches: callsFor(all, 'code_search'),
    fileOperations: callsFor(all, 'file_operation'),
    failures: {
      total,
      rate: calls === 0 ? null : total / calls,
      ...failures,
      rateByTool: new Map(
        all.filter(({ failed }) => failed > 0).map(({ name, failed, calls }) => [name, failed / calls]),
      ),
    },
  };
}

function emptyUsageOf(name: string): ToolUsage & { endedUs: number; ended: number } {
  return {
    name,
    purpose: 'other',
    purposes: {},
    calls: 0,
    succeeded: 0,
    failed: 0,
    meanUs: null,
    inputTokens: null,
    outputTokens: null,
    endedUs: 0,
    ended: 0,
  };
}

function countCall(tool: ToolUsage & { endedUs: number; ended: number }, span: Span): void {
  const purpose = purposeOf(span);
  tool.purposes[purpose] = (tool.purposes[purpose] ?? 0) + 1;
  tool.calls++;
  if (span.status === 'ok') tool.succeeded++;
  else if (span.status === 'error') tool.failed++;
  if (span.endUs !== undefined) {
    tool.ended++;
    tool.endedUs += span.endUs - span.startUs;
  }
  // Tokens that only a report has: shown with the tool, counted nowhere.
  const usage = span.usage ?? usageFrom(span.attributes?.reported_usage);
  if (usage === undefined) return;
  tool.inputTokens = (tool.inputTokens ?? 0) + allInputTokens(usage);
  tool.outputTokens = (tool.outputTokens ?? 0) + usage.outputTokens + usage.reasoningTokens;
}

function finished({ ended, endedUs, ...tool }: ToolUsage & { endedUs: number; ended: number }): ToolUsage {
  const purposes = Object.keys(tool.purposes) as ToolPurpose[];
  return {
    ...tool,
    purpose: purposes.length === 1 ? purposes[0]! : 'shell',
    meanUs: ended === 0 ? null : endedUs / ended,
  };
}

function callsFor(tools: readonly ToolUsage[], purpose: ToolPurpose): number {
  return tools.reduce((sum, { purposes }) => sum + (purposes[purpose] ?? 0), 0);
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
