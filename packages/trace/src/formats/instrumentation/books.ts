import { judgeRun, ledgerOf } from '../../analysis/ledger.ts';
import { holdingStage, stageGroups, stageNumbers } from '../../analysis/stages.ts';
import { type SpanTree, treeOf } from '../../analysis/tree.ts';
import { columnsOf, type SpanColumns } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { allInputTokens, type Usage } from '../../model/usage.ts';

/** What a stage, a model or a run used. Cost is what is known of it: null when nothing is. */
export type Used = { calls: number; promptTokens: number; completionTokens: number; costUsd: number | null };

/** A model call as the report lists it. */
export type ListedCall = { span: Span; model: string; costUsd: number | null };

export type StageBooks = { span: Span; calls: ListedCall[]; used: Used };

/** A run as the report sees it: its stages with their calls, and the calls of none. */
export type Books = {
  stages: StageBooks[];
  /** Calls outside every stage. */
  calls: ListedCall[];
  total: Used;
  models: ReadonlyMap<string, Used>;
  unpricedCalls: number;
};

/** The books of a run, by the ledger: what it does not count is in no sum, and a call is listed once. */
export function booksOf(run: Run): Books {
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  const ledger = ledgerOf(run, columns, tree);
  const { verdict } = judgeRun(run, columns, tree);
  const entries = new Map(ledger.entries.map((entry) => [entry.no, entry]));
  // A pipeline's stages are those of its recipe, also where there is one alone, with stages of its programs in it.
  const numbers =
    run.labels.recipe === undefined ? commandStages(columns, tree) : outermostStages(run.spans, tree);
  const group = stageGroups(columns, tree, numbers);
  const heads = new Set(numbers);
  const stages = numbers.map((no): StageBooks => ({ span: run.spans[no]!, calls: [], used: nothing() }));
  const books: Books = {
    stages,
    calls: [],
    total: nothing(),
    models: new Map<string, Used>(),
    unpricedCalls: ledger.unpricedCalls,
  };
  const models = books.models as Map<string, Used>;
  run.spans.forEach((span, no) => {
    const isHead = heads.has(no);
    const judged = verdict[no]!;
    if (judged === 'roll-up' || judged === 'duplicate' || span.duplicateOfRun !== undefined) return;
    const entry = entries.get(no);
    const listed = span.usage !== undefined && !isHead;
    if (!listed && entry === undefined) return;
    const model = span.model ?? 'unknown model';
    const costUsd = entry?.costUsd ?? (listed ? (span.costUsd ?? null) : null);
    const used = usedOf(entry?.usage ?? span.usage, costUsd ?? span.reportedCostUsd ?? null, listed);
    const stage = group[no]! < 0 ? undefined : stages[group[no]!];
    if (listed)
      (stage?.calls ?? books.calls).push({ span, model, costUsd: costUsd ?? span.reportedCostUsd ?? null });
    if (stage) add(stage.used, used);
    add(books.total, used);
    if (!models.has(model)) models.set(model, nothing());
    add(models.get(model)!, used);
  });
  return books;
}

/** Also the one around all others: what it says of itself (its processor time, how it ended) stands nowhere else. */
function commandStages(columns: SpanColumns, tree: SpanTree): number[] {
  const holding = holdingStage(columns, tree);
  return [...(holding === undefined ? [] : [holding]), ...stageNumbers(columns, tree)];
}

function outermostStages(spans: readonly Span[], tree: SpanTree): number[] {
  const numbers = spans.flatMap(({ kind }, no) => (kind === 'stage' && tree.parent[no]! < 0 ? [no] : []));
  return numbers.sort((a, b) => spans[a]!.startUs - spans[b]!.startUs || a - b);
}

/** The sums of some calls by their models. */
export function byModel(calls: readonly ListedCall[]): Map<string, Used> {
  const models = new Map<string, Used>();
  for (const { span, model, costUsd } of calls) {
    if (!models.has(model)) models.set(model, nothing());
    add(models.get(model)!, usedOf(span.usage, costUsd, true));
  }
  return models;
}

/** The report knows two kinds of token: what went in, cached or not, and what came out. */
export function promptTokens(usage: Usage): number {
  return allInputTokens(usage) + usage.otherTokens;
}

export function completionTokens(usage: Usage): number {
  return usage.outputTokens + usage.reasoningTokens;
}

/** What is known of a cost: without calls nothing was spent; of calls without a price nobody knows what they cost. */
export function costOf({ calls, costUsd }: Used): number | null {
  return calls === 0 ? (costUsd ?? 0) : costUsd;
}

function usedOf(usage: Usage | undefined, costUsd: number | null, isCall: boolean): Used {
  return {
    calls: isCall ? 1 : (usage?.requests ?? 0),
    promptTokens: usage ? promptTokens(usage) : 0,
    completionTokens: usage ? completionTokens(usage) : 0,
    costUsd,
  };
}

function nothing(): Used {
  return { calls: 0, promptTokens: 0, completionTokens: 0, costUsd: null };
}

function add(sum: Used, more: Used): void {
  sum.calls += more.calls;
  sum.promptTokens += more.promptTokens;
  sum.completionTokens += more.completionTokens;
  if (more.costUsd !== null) sum.costUsd = (sum.costUsd ?? 0) + more.costUsd;
}
