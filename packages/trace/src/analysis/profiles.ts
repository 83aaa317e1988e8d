import { kindAt, type SpanColumns, statusAt, textAt } from '../model/columns.ts';
import type { Run } from '../model/run.ts';
import { addUsage, emptyUsage, totalTokens, type Usage } from '../model/usage.ts';
import { endAt } from './extent.ts';
import type { Ledger } from './ledger.ts';
import { owners } from './owners.ts';
import { quantile } from './quantile.ts';
import { stageGroups, stageNumbers } from './stages.ts';
import type { SpanTree } from './tree.ts';

/** One model's part of a run. */
export type ModelProfile = {
  /** As reported; `unknown model` where the source names none. */
  model: string;
  usage: Usage;
  /** Null: unknown. A lower bound while `unpriced` is not 0. */
  costUsd: number | null;
  /** Spans whose tokens count, repeated ones once. */
  calls: number;
  unpriced: number;
};

/** Models by tokens, most first. Their usages add up to the run's. */
export function modelProfiles(run: Run, ledger: Ledger): ModelProfile[] {
  const profiles = new Map<string, ModelProfile>();
  const priced = new Set<string>();
  for (const { no, verdict, usage, costUsd } of ledger.entries) {
    if (verdict !== 'counted' && verdict !== 'unattributed') continue;
    const span = run.spans[no]!;
    // A paid tool: its cost belongs to no model.
    if (span.usage === undefined) continue;
    const model = span.model ?? 'unknown model';
    let profile = profiles.get(model);
    if (profile === undefined) {
      profile = { model, usage: emptyUsage(), costUsd: 0, calls: 0, unpriced: 0 };
      profiles.set(model, profile);
    }
    addUsage(profile.usage, usage);
    profile.calls++;
    if (costUsd === null) profile.unpriced++;
    else {
      profile.costUsd = profile.costUsd! + costUsd;
      priced.add(model);
    }
  }
  for (const profile of profiles.values())
    if (profile.unpriced > 0 && !priced.has(profile.model)) profile.costUsd = null;
  return [...profiles.values()].sort((a, b) => totalTokens(b.usage) - totalTokens(a.usage));
}

/** One tool's part of a run. */
export type ToolProfile = {
  name: string;
  calls: number;
  errors: number;
  totalUs: number;
  p50Us: number;
  p95Us: number;
  /** Counted tokens of the tool's spans and of what they contain, agents excepted. */
  tokens: number;
};

/** Tools by time, most first. Open calls last until `nowUs`. */
export function toolProfiles(
  columns: SpanColumns,
  tree: SpanTree,
  tokens: Float64Array,
  nowUs: number,
): ToolProfile[] {
  const durations = new Map<string, number[]>();
  const profiles = new Map<string, ToolProfile>();
  const isTool = (no: number): boolean => kindAt(columns, no) === 'tool';
  const nameOf = (no: number): string => textAt(columns, 'tool', no) || textAt(columns, 'name', no);
  for (let no = 0; no < columns.count; no++) {
    if (!isTool(no)) continue;
    const name = nameOf(no);
    if (!profiles.has(name)) {
      profiles.set(name, { name, calls: 0, errors: 0, totalUs: 0, p50Us: 0, p95Us: 0, tokens: 0 });
      durations.set(name, []);
    }
    const profile = profiles.get(name)!;
    const durationUs = endAt(columns, no, nowUs) - columns.startUs[no]!;
    profile.calls++;
    profile.totalUs += durationUs;
    if (statusAt(columns, no) === 'error') profile.errors++;
    durations.get(name)!.push(durationUs);
  }
  const owner = owners(columns, tree, (no) => isTool(no) || kindAt(columns, no) === 'agent');
  for (let no = 0; no < columns.count; no++) {
    const at = owner[no]!;
    if (at >= 0 && isTool(at) && tokens[no]! > 0) profiles.get(nameOf(at))!.tokens += tokens[no]!;
  }
  for (const profile of profiles.values()) {
    const sorted = Float64Array.from(durations.get(profile.name)!).sort();
    profile.p50Us = quantile(sorted, 0.5);
    profile.p95Us = quantile(sorted, 0.95);
  }
  return [...profiles.values()].sort((a, b) => b.totalUs - a.totalUs);
}

/** Tokens of one stage. `stage` is null for what belongs to none. */
export type StageTokens = { stage: string | null; tokens: number; share: number; calls: number };

/**
 * Counted tokens by stage, most first, what belongs to no stage last. A call belongs to the stage above it, else to the one
 * its `stage` attribute names. Shares add up to 1.
 */
export function tokensByStage(
  run: Run,
  columns: SpanColumns,
  tree: SpanTree,
  tokens: Float64Array,
): StageTokens[] {
  const stages = stageNumbers(columns, tree);
  const group = stageGroups(columns, tree, stages);
  const sums = new Map<string | null, StageTokens>();
  let total = 0;
  for (let no = 0; no < columns.count; no++) {
    const counted = tokens[no]!;
    if (counted === 0) continue;
    const above = stages[group[no]!];
    const named = run.spans[no]!.attributes?.stage;
    const stage =
      above !== undefined ? textAt(columns, 'name', above) : typeof named === 'string' ? named : null;
    const sum = sums.get(stage) ?? { stage, tokens: 0, share: 0, calls: 0 };
    sum.tokens += counted;
    sum.calls++;
    total += counted;
    sums.set(stage, sum);
  }
  const rows = [...sums.values()];
  for (const row of rows) row.share = row.tokens / total;
  return rows.sort((a, b) => Number(a.stage === null) - Number(b.stage === null) || b.tokens - a.tokens);
}
