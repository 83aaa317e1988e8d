import { ledgerOf } from '../../analysis/ledger.ts';
import { type SpanTree, treeOf } from '../../analysis/tree.ts';
import { columnsOf } from '../../model/columns.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { totalTokens, type Usage } from '../../model/usage.ts';
import { recordsOf } from '../run-records.ts';
import { OWN, OWN_VERSION, ROOT_ID, ROOT_ROLE } from './names.ts';
import { seedSpan } from './own.ts';

/** Deeper lines are not indented further: at a depth of 10 000 the file would be spaces. */
const MOST_INDENT = 32;

/**
 * The run as the seed's nested JSON, a line a span, span by span. What the seed has no words for stands in `metadata` under
 * one key, in front of the spans, so that who reads the file again has the same run. Totals are those of the ledger.
 */
export function* write(run: Run): Generator<string, void, undefined> {
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  const ledger = ledgerOf(run, columns, tree);
  const used = new Map<number, JsonObject>();
  for (const { no, verdict, usage, costUsd } of ledger.entries)
    if (verdict === 'counted') used.set(no, usageMetadata(usage, costUsd));
  const root = traceSpan(run, tree);
  yield `{"trace_id":${JSON.stringify(run.runId)},\n"metadata":${JSON.stringify({ [OWN]: ownOf(run, root) })},\n"spans":[`;
  yield* spanLines(run, tree, root, used);
  const unknown = ledger.unpricedCalls > 0 || ledger.usage.requests + totalTokens(ledger.usage) === 0;
  const totals = usageMetadata(ledger.usage, unknown ? statedCost(run, root) : ledger.costUsd);
  yield `],\n"usage_metadata":${JSON.stringify(totals)}}\n`;
}

/** The number of the span that is the trace itself, made by the reader of a trace from elsewhere: it has its place outside. */
function traceSpan(run: Run, tree: SpanTree): number | undefined {
  const no = tree.order[0];
  const span = no === undefined ? undefined : run.spans[no];
  const alone = tree.end[0] === tree.order.length;
  return alone && span?.spanId === ROOT_ID && span.role === ROOT_ROLE ? no : undefined;
}

function ownOf(run: Run, root: number | undefined): JsonObject {
  const [start, ...rest] = [...recordsOf({ ...run, spans: [] })];
  return {
    version: OWN_VERSION,
    before: [start!],
    ...(root !== undefined && { root: seedSpan(run.spans[root]!, undefined) }),
    after: rest,
  };
}

function* spanLines(
  run: Run,
  tree: SpanTree,
  root: number | undefined,
  used: ReadonlyMap<number, JsonObject>,
): Generator<string, void, undefined> {
  const top = root === undefined ? 0 : 1;
  let depth = -1;
  for (let at = top; at < tree.order.length; at++) {
    const no = tree.order[at]!;
    const level = tree.depth[no]! - top;
    yield level > depth ? '' : `${closing(depth, level)},`;
    depth = level;
    const up = tree.parent[no]!;
    const usage = used.get(no);
    const span = seedSpan(run.spans[no]!, up < 0 ? undefined : run.spans[up]!.spanId);
    const text = JSON.stringify(usage ? { ...span, usage_metadata: usage } : span);
    const isLeaf = tree.end[at] === at + 1;
    yield `\n${indent(level + 1)}${isLeaf ? text : `${text.slice(0, -1)},"children":[`}`;
  }
  if (depth >= 0) yield `${closing(depth, 0)}\n`;
}

/** The brackets between a span at one depth and the next at another: the first is a leaf, and closed already. */
function closing(from: number, to: number): string {
  let brackets = '';
  for (let depth = from; depth > to; depth--) brackets += `\n${indent(depth)}]}`;
  return brackets;
}

function indent(level: number): string {
  return ' '.repeat(Math.min(level, MOST_INDENT));
}

function usageMetadata(usage: Usage, costUsd: number | null): JsonObject {
  return { total_tokens: totalTokens(usage), ...(costUsd !== null && { estimated_cost: costUsd }) };
}

/** What the trace said it cost when it came from elsewhere: better than nothing. */
function statedCost(run: Run, root: number | undefined): number | null {
  return (root === undefined ? undefined : run.spans[root]!.reportedCostUsd) ?? null;
}
