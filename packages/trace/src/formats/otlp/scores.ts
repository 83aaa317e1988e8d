import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ScoreRecord } from '../../model/record.ts';
import type { Pair } from './dialects/rule.ts';

/** The attributes of a GenAI evaluation, on a span, on one of its events or in a log. */
export const EVALUATION_KEYS = [
  'gen_ai.evaluation.name',
  'gen_ai.evaluation.score.value',
  'gen_ai.evaluation.score.label',
  'gen_ai.evaluation.explanation',
] as const;

/** The name of the event that carries them. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result';

/** These attributes as a list of one score; undefined without a name. */
export function evaluationScores(pairs: readonly Pair[]): JsonObject[] | undefined {
  const said = new Map(pairs);
  const [name, value, label, comment] = EVALUATION_KEYS.map((key) => said.get(key));
  const scores = namedScore({ name, value, label, comment });
  return scores.length === 0 ? undefined : scores;
}

/**
 * A judgement as the fields of a score: what is no number in its value is its label.
 * None where it has no name, for a score without one says of nothing how good it was.
 */
export function namedScore({ name, value, label, comment, source }: JsonObject): JsonObject[] {
  const called = asString(name);
  if (called === undefined) return [];
  const number = typeof value === 'boolean' ? Number(value) : asNumber(value);
  const word = asString(label) ?? (number === undefined ? asString(value) : undefined);
  const score: JsonObject = { name: called, value: number ?? null };
  if (word !== undefined) score.label = word;
  const [said, judge] = [asString(comment), asString(source)];
  if (said !== undefined) score.comment = said;
  if (judge !== undefined) score.source = judge;
  return [score];
}

/** Scores of a span, or of the whole run without one, as records. */
export function scoreRecords(
  scores: JsonValue | undefined,
  runId: string,
  spanId: string | undefined,
): ScoreRecord[] {
  if (!Array.isArray(scores)) return [];
  return scores.filter(isObject).map(
    (score): ScoreRecord => ({
      ...(score as { name: string; value: number | null }),
      event: 'score',
      run_id: runId,
      ...(spanId !== undefined && { span_id: spanId }),
    }),
  );
}
