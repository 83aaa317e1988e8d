import type { RunFields } from './options.ts';

/** Fields of the API that the stream has as fields of their own. */
const OWN = [
  ['task', 'task'],
  ['name', 'name'],
  ['taskType', 'task_type'],
  ['sessionId', 'session_id'],
  ['project', 'project'],
] as const satisfies readonly (readonly [keyof RunFields, string])[];

/** What people filter by. */
const LABELS = [
  ['producerModel', 'producer_model'],
  ['evaluatorModel', 'evaluator_model'],
  ['sourceRepo', 'source_repo'],
  ['sourceCommit', 'source_commit'],
] as const satisfies readonly (readonly [keyof RunFields, string])[];

/** The rest, as analysis and runs.jsonl look it up. */
const ATTRIBUTES = [
  ['plan', 'plan'],
  ['tacHours', 'tac_hours'],
  ['skills', 'active_skills'],
  ['noveltyScores', 'novelty_scores'],
  ['searchRounds', 'search_rounds'],
  ['final', 'final'],
  ['analysesWritten', 'analyses_written'],
] as const satisfies readonly (readonly [keyof RunFields, string])[];

type Fields = Record<string, unknown>;

/** The fields of `run_start`, `run_update` and `run_end` for what the program says about its run. */
export function runRecordFields(fields: RunFields): Fields {
  const record = picked(fields, OWN);
  const labels = { ...fields.labels, ...picked(fields, LABELS) };
  const attributes = { ...fields.attributes, ...picked(fields, ATTRIBUTES) };
  if (Object.keys(labels).length > 0) record.labels = labels;
  if (Object.keys(attributes).length > 0) record.attributes = attributes;
  return record;
}

function picked(fields: RunFields, names: readonly (readonly [keyof RunFields, string])[]): Fields {
  const found: Fields = {};
  for (const [key, name] of names) if (fields[key] !== undefined) found[name] = fields[key];
  return found;
}

/** Numbers that leverage takes from the environment, as run attributes; a run that is looked at elsewhere keeps them. */
const ENVIRONMENT = [
  ['HARNESS_TAC_HOURS', 'tac_hours'],
  ['HARNESS_ENERGY_COST_PER_RUN', 'energy_cost_usd'],
  ['HARNESS_INFERENCE_COST_PER_RUN', 'inference_cost_usd'],
  ['HARNESS_HOURLY_RATE', 'hourly_rate_usd'],
] as const;

export function environmentAttributes(env: (name: string) => string | undefined): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [variable, name] of ENVIRONMENT) {
    const text = env(variable)?.trim();
    if (text && Number.isFinite(Number(text))) found[name] = Number(text);
  }
  return found;
}
