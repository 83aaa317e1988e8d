import { criteriaOf, roundsOf } from '../../analysis/scores.ts';
import { stageGroups, stageNumbers } from '../../analysis/stages.ts';
import { kindAt, textAt } from '../../model/columns.ts';
import { asCount, asNumber, asString, type JsonObject, type JsonValue } from '../../model/json.ts';
import { allInputTokens, totalTokens } from '../../model/usage.ts';
import { isoOf } from '../iso-time.ts';
import type { RunFacts } from '../run-facts.ts';

export type StageTokensRecord = { input: number; output: number; total: number; calls: number };

/** One line of runs.jsonl. What a run does not have is null, '' or empty, never left out: rows can be read as a table. */
export type RunRecord = {
  run_id: string;
  session_id: string;
  timestamp: string;
  task: string;
  task_type: string;
  producer_model: string;
  evaluator_model: string;
  active_skills: JsonValue[];
  tokens_by_stage: Record<string, StageTokensRecord>;
  wiggum_scores: Record<string, Record<string, number | null>>;
  wiggum_rounds: number;
  final_score: number | null;
  wiggum_r1_score: number | null;
  final: 'PASS' | 'FAIL' | 'ERROR';
  output_path: string;
  output_bytes: number;
  output_lines: number;
  criteria_results: Record<string, boolean>;
  criteria_rate: number | null;
  novelty_scores: JsonValue[];
  search_rounds: number;
  leverage: number | null;
  leverage_kind: 'tac' | 'proxy' | null;
  tac_hours: number | null;
  runtime_s: number;
  total_tokens: number;
};

export function runRecord(facts: RunFacts): RunRecord {
  const { run, summary } = facts;
  const { attributes, labels } = run;
  const rounds = roundsOf(run.scores);
  const criteria = criteriaOf(run.scores);
  const novelty = list(attributes.novelty_scores);
  return {
    run_id: run.runId,
    session_id: run.sessionId ?? '',
    timestamp: isoOf(run.startUs) ?? '',
    task: run.task ?? run.name,
    task_type: run.taskType ?? '',
    producer_model: labels.producer_model ?? summary.models[0] ?? '',
    evaluator_model: labels.evaluator_model ?? '',
    active_skills: list(attributes.active_skills),
    tokens_by_stage: tokensByStage(facts),
    wiggum_scores: Object.fromEntries(
      rounds.map(({ round, dimensions }) => [
        round,
        Object.fromEntries(dimensions.map(({ name, value }) => [name, value])),
      ]),
    ),
    wiggum_rounds: rounds.length,
    final_score: summary.score ?? null,
    wiggum_r1_score: rounds[0]?.value ?? null,
    final: verdict(run.status, attributes, criteria.passed < criteria.total),
    output_path: run.output?.path ?? '',
    output_bytes: run.output?.bytes ?? 0,
    output_lines: run.output?.lines ?? 0,
    criteria_results: Object.fromEntries(criteria.results.map(({ id, passed }) => [id, passed])),
    criteria_rate: criteria.rate,
    novelty_scores: novelty,
    search_rounds: asCount(attributes.search_rounds) ?? (novelty.length || retrievals(facts)),
    ...leverage(facts),
    tac_hours: asNumber(attributes.tac_hours) ?? null,
    runtime_s: summary.durationUs / 1e6,
    total_tokens: summary.tokens,
  };
}

/** A log that was read says its own: it knew hours and costs that its lines do not have. */
function leverage({ run, summary }: RunFacts): Pick<RunRecord, 'leverage' | 'leverage_kind'> {
  const { leverage: said, leverage_kind: kind } = run.attributes;
  const value = asNumber(said);
  if (value !== undefined)
    return { leverage: value, leverage_kind: kind === 'tac' || kind === 'proxy' ? kind : null };
  return { leverage: summary.leverage?.value ?? null, leverage_kind: summary.leverage?.kind ?? null };
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function verdict(status: string, attributes: JsonObject, missed: boolean): RunRecord['final'] {
  const said = asString(attributes.final)?.toUpperCase();
  if (said === 'PASS' || said === 'FAIL' || said === 'ERROR') return said;
  if (status !== 'ok') return 'ERROR';
  return missed ? 'FAIL' : 'PASS';
}

/** Input with what caches gave and took, output with reasoning; `other` holds what no stage owns. */
function tokensByStage({
  run,
  prepared: { columns, tree, ledger },
}: RunFacts): Record<string, StageTokensRecord> {
  const stages = stageNumbers(columns, tree);
  const group = stageGroups(columns, tree, stages);
  const sums = new Map<string, StageTokensRecord>();
  for (const { no, usage } of ledger.entries) {
    const total = totalTokens(usage);
    if (total === 0) continue;
    const stage = stages[group[no]!];
    const name =
      stage === undefined
        ? (asString(run.spans[no]!.attributes?.stage) ?? 'other')
        : textAt(columns, 'name', stage);
    const sum = sums.get(name) ?? { input: 0, output: 0, total: 0, calls: 0 };
    sum.input += allInputTokens(usage);
    sum.output += usage.outputTokens + usage.reasoningTokens;
    sum.total += total;
    sum.calls += usage.requests;
    sums.set(name, sum);
  }
  return Object.fromEntries(sums);
}

function retrievals({ prepared: { columns } }: RunFacts): number {
  let count = 0;
  for (let no = 0; no < columns.count; no++) if (kindAt(columns, no) === 'retrieval') count++;
  return count;
}
