import { type Retrieval, retrievalOf } from '../../analysis/retrieval.ts';
import { type TokenTotals, tokenTotals } from '../../analysis/token-totals.ts';
import { type ToolReport, type ToolUsage, toolReportOf } from '../../analysis/tool-profile.ts';
import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { usToIso } from '../../model/time.ts';
import { allInputTokens, totalTokens, type Usage } from '../../model/usage.ts';
import { counted, dollars, percent, seconds } from './figures.ts';
import { nemoMetricsOf } from './nemo-metrics.ts';

/** What each framework's harness is called in a manifest. */
const HARNESSES: Record<string, JsonObject> = {
  harbor: { name: 'harbor-v1', version: '1.0', framework: 'harbor' },
};

/** Queries and files that are named; the counts are of all. */
const MOST_SAMPLES = 10;

/** The manifest of a run. What is not known is null: a figure that nobody measured would be taken for one. */
export function* write(run: Run): Generator<string, void, undefined> {
  yield `${JSON.stringify(manifestOf(run), null, 2)}\n`;
}

export function manifestOf(run: Run): JsonObject {
  const tools = toolReportOf(run);
  const totals = tokenTotals(withReportedCosts(run));
  const nemo = nemoOf(run, tools);
  return {
    run_id: run.runId,
    timestamp: timestampOf(run),
    harness: harnessOf(run),
    execution: {
      agent: run.labels.agent ?? null,
      benchmark: run.labels.benchmark ?? null,
      job_dir: asString(run.attributes.job_dir) ?? null,
    },
    tool_profile: toolProfile(tools, totals.usage),
    result: resultOf(run, totals),
    retrieval_metrics: retrievalMetrics(run, tools, retrievalOf(run)),
    ...(nemo !== undefined && { nemo_metrics: nemo }),
  };
}

/** Costs that only the source states count where no price is known, as they do in the store. */
function withReportedCosts(run: Run): Run {
  const spans = run.spans.map((span) =>
    span.costUsd === undefined && span.reportedCostUsd !== undefined
      ? { ...span, costUsd: span.reportedCostUsd }
      : span,
  );
  return { ...run, spans };
}

function timestampOf(run: Run): string | null {
  const us = run.endUs ?? run.lastUs;
  // Whole seconds without a fraction, as the seed shows them.
  return us > 0 ? usToIso(us).replace('.000Z', 'Z') : null;
}

function harnessOf(run: Run): JsonObject {
  if (isObject(run.attributes.harness)) return run.attributes.harness;
  const framework = run.labels.framework ?? run.source?.format;
  const known =
    framework !== undefined && Object.hasOwn(HARNESSES, framework) ? HARNESSES[framework] : undefined;
  return known ?? { name: run.labels.harness ?? null, version: null, framework: framework ?? null };
}

function toolProfile(report: ToolReport, usage: Usage): JsonObject {
  return {
    tool_usage: Object.fromEntries(report.tools.map((tool) => [tool.name, toolUsage(tool)])),
    total_tool_invocations: report.calls,
    total_unique_tools: report.tools.length,
    search_queries_count: report.searches,
    file_operations_count: report.fileOperations,
    total_input_tokens: allInputTokens(usage),
    total_output_tokens: outputTokens(usage),
    total_tokens: totalTokens(usage),
  };
}

function toolUsage(tool: ToolUsage): JsonObject {
  return {
    tool_name: tool.name,
    category: tool.category,
    invocation_count: tool.calls,
    success_count: tool.succeeded,
    failure_count: tool.failed,
    avg_duration_sec: tool.meanUs === null ? null : seconds(tool.meanUs),
    input_tokens: tool.inputTokens,
    output_tokens: tool.outputTokens,
    // A shell's calls are for many things: which, and how often.
    ...(Object.keys(tool.categories).length > 1 && { calls_by_category: tool.categories }),
  };
}

function outputTokens(usage: Usage): number {
  return usage.outputTokens + usage.reasoningTokens;
}

function resultOf(run: Run, { usage, ledger }: TokenTotals): JsonObject {
  const reward = run.scores.find(
    ({ name, dimension }) => name === 'reward' && dimension === undefined,
  )?.value;
  const counts = ledger.entries.length > 0;
  const complete = counts && ledger.unpricedCalls === 0;
  return {
    task_id: run.labels.task_id ?? null,
    task_name: run.labels.task_name ?? run.labels.task_id ?? null,
    success: typeof reward === 'number' ? reward > 0 : run.status === 'error' ? false : null,
    reward: reward ?? null,
    duration_sec: durationSec(run),
    patch_size_bytes: run.output?.patchBytes ?? null,
    files_changed: run.output?.filesChanged ?? null,
    error_type: run.error?.type ?? null,
    error_message: run.error?.message ?? null,
    tokens: counts ? tokensOf(usage) : { input_tokens: null, output_tokens: null, total_tokens: null },
    cost_usd: complete && ledger.costUsd !== null ? dollars(ledger.costUsd) : reportedCost(run),
    // A lower bound must not pass for the cost.
    ...(!complete &&
      ledger.costUsd !== null &&
      ledger.costUsd > 0 && { known_cost_usd: dollars(ledger.costUsd) }),
    ...(ledger.unpriced.length > 0 && { unpriced_models: ledger.unpriced.map(({ model }) => model) }),
  };
}

function tokensOf(usage: Usage): JsonObject {
  const written = usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  return {
    input_tokens: allInputTokens(usage),
    output_tokens: outputTokens(usage),
    total_tokens: totalTokens(usage),
    // Input includes what came from caches; how much of it did decides what it costs.
    ...(usage.cacheReadTokens > 0 && { cache_read_tokens: usage.cacheReadTokens }),
    ...(written > 0 && { cache_write_tokens: written }),
  };
}

/** What the harness says the agent cost, where its calls have no price. */
function reportedCost(run: Run): number | null {
  const costs = run.spans.map(({ attributes }) => attributes?.reported_cost_usd);
  const known = costs.filter((cost) => typeof cost === 'number');
  return known.length > 0 ? dollars(known.reduce((sum, cost) => sum + cost, 0)) : null;
}

/** How long the agent worked; without a stage that says it, how long the run took. */
function durationSec(run: Run): number | null {
  const stage = run.spans.find(({ spanId, kind }) => kind === 'stage' && spanId === 'agent_execution');
  if (stage?.endUs !== undefined && stage.endUs > stage.startUs) return seconds(stage.endUs - stage.startUs);
  return run.endUs === undefined || run.startUs === 0 ? null : seconds(run.endUs - run.startUs);
}

function retrievalMetrics(run: Run, tools: ToolReport, retrieval: Retrieval): JsonObject {
  // A run that came from a manifest has its calls, but not what they asked and found.
  if (isObject(run.attributes.retrieval_metrics)) return run.attributes.retrieval_metrics;
  const judged = retrieval.found + retrieval.empty + retrieval.failed;
  return {
    total_searches: tools.searches,
    total_file_ops: tools.fileOperations,
    tools_used: tools.tools.map(({ name }) => name),
    tool_diversity: tools.tools.length,
    search_success_count: retrieval.found,
    search_empty_count: retrieval.empty,
    search_failure_count: retrieval.failed,
    search_success_rate: judged === 0 ? null : percent(retrieval.found / judged),
    search_result_count: retrieval.results,
    search_query_samples: retrieval.queries.slice(0, MOST_SAMPLES),
    search_tool_counts: counted(retrieval.tools),
    search_tools_used: [...retrieval.tools.keys()],
    file_read_count: retrieval.fileReads,
    unique_files_read: retrieval.files.length,
    file_read_samples: retrieval.files.slice(0, MOST_SAMPLES),
  };
}

function nemoOf(run: Run, tools: ToolReport): JsonValue | undefined {
  if (isObject(run.attributes.nemo_metrics)) return run.attributes.nemo_metrics;
  return run.source?.format === 'nemo' ? nemoMetricsOf(run, tools) : undefined;
}
