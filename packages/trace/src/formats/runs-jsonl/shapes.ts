import type { JsonObject } from '../../model/json.ts';

/** Fields that a line of runs.jsonl has, in the seed and in the program behind it. */
const TELLING = [
  'wiggum_scores',
  'wiggum_rounds',
  'tokens_by_stage',
  'producer_model',
  'evaluator_model',
  'run_duration_s',
  'runtime_s',
  'final_score',
  'output_lines',
  'leverage',
  'task_type',
  'criteria_results',
] as const;

/** How many of them are enough: one alone could be anybody's. */
const ENOUGH = 3;

/** A run on one line. A stream of events may have the same words, but says what happens in each line. */
export function isRunLine(value: JsonObject): boolean {
  if (value.event !== undefined || value.type !== undefined) return false;
  if (value.run_id === undefined && value.timestamp === undefined) return false;
  return TELLING.filter((field) => value[field] !== undefined).length >= ENOUGH;
}

/** What a line must have to be read as one: when it was, or which run. */
export const EXPECTED =
  'expected a run, an object with "run_id" or "timestamp" and figures like "tokens_by_stage", "wiggum_scores" or "final"';

/** A line of a file that is known to be one: short ones from other writers are runs, too. */
export function mayBeRunLine(value: JsonObject): boolean {
  return isRunLine(value) || (value.event === undefined && (value.run_id ?? value.timestamp) !== undefined);
}
