import { FLAG_MODEL_TOTAL, type SpanColumns, textAt } from '../model/columns.ts';
import { TOKEN_BUCKETS, type Usage } from '../model/usage.ts';
import type { SpanTree } from './tree.ts';

/**
 * A tool may state, beside its calls, what all calls of a model used and cost (Claude Code's `modelUsage`): calls that are in
 * no log are in it, and counts that the log gives too low are right in it. Such a sum stands in the run as a span that counts
 * what the calls do not explain, so that it does not matter which files of the run were read, and in what order.
 */
export type StatedSum = {
  /** The spans that state it: one for each process that worked on the run. */
  readonly totals: readonly number[];
  /** The calls of the model in the same part of the tree. */
  readonly calls: readonly number[];
  /** What counts of the sum beyond the calls. */
  readonly restTokens: number;
  /** Less than nothing where our prices are higher than the tool's. NaN: unknown. */
  readonly restCostUsd: number;
};

/** The spans that state a sum, by the number of the span whose work they sum up (-1: the whole run). */
export function totalsByScope(columns: SpanColumns, tree: SpanTree): Map<number, number[]> {
  const scopes = new Map<number, number[]>();
  for (let no = 0; no < columns.count; no++) {
    if ((columns.flags[no]! & FLAG_MODEL_TOTAL) === 0 || columns.tokens[no] === 0) continue;
    const scope = Math.max(-1, tree.parent[no]!);
    const known = scopes.get(scope);
    if (known) known.push(no);
    else scopes.set(scope, [no]);
  }
  return scopes;
}

/**
 * Compares sums with the calls that count in their scope. `tokens` and `costUsd` are what counts of each span so far.
 * A sum that is less than its calls is not of all of them (a session that another process began): it counts nothing.
 */
export function statedSums(
  columns: SpanColumns,
  tree: SpanTree,
  scope: number,
  totals: readonly number[],
  counted: { readonly tokens: Float64Array; readonly costUsd: Float64Array },
): StatedSum[] {
  const groups = new Map<string, { totals: number[]; calls: number[] }>();
  const modelOf = (no: number): string => comparableModel(textAt(columns, 'model', no));
  for (const no of totals) {
    const group = groups.get(modelOf(no));
    if (group) group.totals.push(no);
    else groups.set(modelOf(no), { totals: [no], calls: [] });
  }
  const own = new Set(totals);
  const from = scope < 0 ? 0 : tree.position[scope]! + 1;
  const to = scope < 0 ? columns.count : tree.end[tree.position[scope]!]!;
  // Of a sum that names no model, calls of all models are a part, and what sums of a model add to them.
  const all = groups.get('');
  groups.delete('');
  for (let at = from; at < to; at++) {
    const no = tree.order[at]!;
    if (counted.tokens[no]! === 0 || own.has(no)) continue;
    groups.get(modelOf(no))?.calls.push(no);
    all?.calls.push(no);
  }
  const sums = [...groups.values()].map((group) => statedSum(columns, group, counted, []));
  return all === undefined ? sums : [...sums, statedSum(columns, all, counted, sums)];
}

/** One sum beside its calls; `parts` are other sums that it holds. */
function statedSum(
  columns: SpanColumns,
  group: { totals: number[]; calls: number[] },
  counted: { readonly tokens: Float64Array; readonly costUsd: Float64Array },
  parts: readonly StatedSum[],
): StatedSum {
  const sum = (numbers: readonly number[], of: Float64Array): number =>
    numbers.reduce((total, no) => total + of[no]!, 0);
  const stated = sum(group.totals, columns.tokens);
  const explained =
    sum(group.calls, counted.tokens) + parts.reduce((total, part) => total + part.restTokens, 0);
  if (explained > stated) return { ...group, calls: [], restTokens: 0, restCostUsd: 0 };
  const statedUsd = sum(group.totals, columns.costUsd);
  // A call without a price costs what the sum says beyond the others.
  const knownUsd =
    group.calls.reduce((total, no) => total + (counted.costUsd[no]! || 0), 0) +
    parts.reduce((total, part) => total + (part.restCostUsd || 0), 0);
  // A sum that counts stands for its calls like one of them.
  const calls = [
    ...group.calls,
    ...parts.flatMap(({ totals, restTokens }) => (restTokens > 0 ? totals : [])),
  ];
  return { ...group, calls, restTokens: stated - explained, restCostUsd: statedUsd - knownUsd };
}

/** What calls do not explain of a sum, by kind of token. Kinds of which the calls have more are taken from the others. */
export function unexplained(stated: Usage, explained: Usage): Usage {
  const rest = { ...stated, requests: 0 };
  for (const bucket of TOKEN_BUCKETS) rest[bucket] -= explained[bucket];
  // Sums do not tell the lifetimes of caches apart.
  const oneHour = Math.min(0, rest.cacheWrite1hTokens);
  rest.cacheWriteTokens += oneHour;
  rest.cacheWrite1hTokens -= oneHour;
  let missing = 0;
  for (const bucket of TOKEN_BUCKETS) missing -= Math.min(0, rest[bucket]);
  for (const bucket of TOKEN_BUCKETS) {
    const taken = Math.min(missing, Math.max(0, rest[bucket]));
    rest[bucket] = Math.max(0, rest[bucket]) - taken;
    missing -= taken;
  }
  return rest;
}

/** `us.anthropic.claude-x-20250929-v1:0`, `claude-x@20250929` and `claude-x[1m]` are one model in a sum and in its calls. */
export function comparableModel(model: string): string {
  return model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(?:[a-z-]+\.)?anthropic\./, '')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/-v\d+(?::\d+)?$/, '')
    .replace(/[-@](?:\d{8}|latest)$/, '');
}
