import { asCount, asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { addNote, type QualityNote } from '../../model/quality.ts';

/** Calls, tokens and cost of a stage or a run, as the report adds them up. */
export type Sums = {
  calls: number;
  promptTokens: number;
  completionTokens: number;
  /** Undefined where none was stated. */
  costUsd: number | undefined;
};

/** Costs are rounded to six decimals, each call by itself; up to this share they are the same. */
const COST_TOLERANCE = 0.02;
const COST_ROUNDING = 1e-5;

export function emptySums(): Sums {
  return { calls: 0, promptTokens: 0, completionTokens: 0, costUsd: undefined };
}

export function addSums(sum: Sums, more: Sums): void {
  sum.calls += more.calls;
  sum.promptTokens += more.promptTokens;
  sum.completionTokens += more.completionTokens;
  if (more.costUsd !== undefined) sum.costUsd = (sum.costUsd ?? 0) + more.costUsd;
}

/** `{calls, prompt_tokens, completion_tokens, cost}`; undefined when it says nothing of the kind. */
export function sumsOf(value: JsonValue | undefined): Sums | undefined {
  if (!isObject(value)) return undefined;
  const calls = asCount(value.calls);
  const promptTokens = asCount(value.prompt_tokens);
  const completionTokens = asCount(value.completion_tokens);
  const costUsd = asNumber(value.cost);
  if (calls === undefined && promptTokens === undefined && completionTokens === undefined) return undefined;
  return {
    calls: calls ?? 0,
    promptTokens: promptTokens ?? 0,
    completionTokens: completionTokens ?? 0,
    costUsd,
  };
}

export function sumsOfCalls(calls: readonly JsonObject[]): Sums {
  const sum = emptySums();
  const seen = new Set<string>();
  for (const call of calls) {
    const id = asString(call.request_id);
    if (id !== undefined && seen.has(id)) continue;
    if (id !== undefined) seen.add(id);
    addSums(sum, { ...(sumsOf({ ...call, calls: 1 }) ?? emptySums()), calls: 1 });
  }
  return sum;
}

/** The sum of `per_model`; undefined where there is none. */
export function sumsOfModels(value: JsonValue | undefined): Sums | undefined {
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  const sum = emptySums();
  for (const model of Object.keys(value)) addSums(sum, sumsOf(value[model]) ?? emptySums());
  return sum;
}

export function sameTokens(a: Sums, b: Sums): boolean {
  return a.promptTokens === b.promptTokens && a.completionTokens === b.completionTokens;
}

export function sameCost(a: Sums, b: Sums): boolean {
  if (a.costUsd === undefined || b.costUsd === undefined) return true;
  const most = Math.max(a.costUsd, b.costUsd);
  const rounding = COST_ROUNDING * Math.max(1, a.calls, b.calls);
  return Math.abs(a.costUsd - b.costUsd) <= Math.max(COST_TOLERANCE * most, rounding);
}

/** Notes where a stated total is not the sum of its parts. `where` names the total, for a person who looks for it. */
export function compareSums(stated: Sums, parts: Sums, where: string, notes: QualityNote[]): void {
  if (!sameTokens(stated, parts)) addNote(notes, 'total-deviates', where);
  if (!sameCost(stated, parts)) addNote(notes, 'cost-deviates', where);
}
