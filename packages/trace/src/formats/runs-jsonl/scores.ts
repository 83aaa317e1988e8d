import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ScoreRecord } from '../../model/record.ts';

/** Judges of the first seed give 0 to 10. */
const MAX = 10;

type Round = { value?: number; dimensions: [string, number][]; comment?: string };

/**
 * The judgements in a line. The seed's `wiggum_scores` is an object of dimensions by round (`{"r1": {"depth": 7}}`); the
 * program behind it writes a list of overall scores by round, with `wiggum_dims` and `wiggum_eval_log` beside it.
 */
export function scoreRecords(line: JsonObject): ScoreRecord[] {
  const rounds = roundsIn(line);
  const names = [...rounds.keys()];
  const first = asNumber(line.wiggum_r1_score);
  const final = asNumber(line.final_score);
  if (names.length > 0) {
    take(rounds.get(names[0]!)!, first);
    take(rounds.get(names.at(-1)!)!, final);
  } else if (first !== undefined) rounds.set('r1', { value: first, dimensions: [] });
  const records = [...rounds].flatMap(([round, judged]) => roundRecords(round, judged));
  // Of a run that was not judged in rounds, or whose rounds say something else.
  const last = [...rounds.values()].at(-1)?.value;
  if (final !== undefined && final !== last)
    records.push({ event: 'score', name: 'final_score', value: final, max: MAX });
  return [...records, ...criteria(line)];
}

function roundsIn(line: JsonObject): Map<string, Round> {
  const rounds = new Map<string, Round>();
  const round = (name: string): Round => {
    const known = rounds.get(name);
    if (known) return known;
    const made: Round = { dimensions: [] };
    rounds.set(name, made);
    return made;
  };
  const { wiggum_scores: scores, wiggum_dims: dims, wiggum_eval_log: log } = line;
  if (isObject(scores)) for (const name of Object.keys(scores)) take(round(name), scores[name]);
  for (const [at, score] of listed(scores)) take(round(`r${at + 1}`), score);
  for (const [at, judged] of listed(dims)) take(round(`r${at + 1}`), judged);
  for (const [at, entry] of listed(log)) {
    if (!isObject(entry)) continue;
    const judged = round(`r${asNumber(entry.round) ?? at + 1}`);
    take(judged, entry.score);
    take(judged, entry.dims);
    const feedback = asString(entry.feedback);
    if (feedback !== undefined) judged.comment = feedback;
  }
  return rounds;
}

function* listed(value: JsonValue | undefined): Generator<[number, JsonValue]> {
  if (Array.isArray(value)) yield* value.entries();
}

/** An overall score, or an object of dimensions; what a round has already stands. */
function take(round: Round, value: JsonValue | undefined): void {
  const overall = asNumber(value);
  if (overall !== undefined) round.value ??= overall;
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    const figure = asNumber(value[name]);
    if (figure !== undefined && name !== '' && !round.dimensions.some(([known]) => known === name))
      round.dimensions.push([name, figure]);
  }
}

function roundRecords(round: string, { value, dimensions, comment }: Round): ScoreRecord[] {
  // A round of which nothing is known but that there was one is one, too.
  const overall: ScoreRecord[] =
    value === undefined && comment === undefined && dimensions.length > 0
      ? []
      : [
          {
            event: 'score',
            name: 'score',
            value: value ?? null,
            max: MAX,
            round,
            ...(comment !== undefined && { comment }),
          },
        ];
  return [
    ...overall,
    ...dimensions.map(
      ([dimension, figure]): ScoreRecord => ({
        event: 'score',
        name: dimension,
        value: figure,
        max: MAX,
        round,
        dimension,
      }),
    ),
  ];
}

function criteria(line: JsonObject): ScoreRecord[] {
  const { criteria_results: results } = line;
  if (!isObject(results)) return [];
  return Object.keys(results).flatMap((id): ScoreRecord[] => {
    const passed = results[id];
    if (typeof passed !== 'boolean' || id === '') return [];
    return [{ event: 'score', name: 'criteria', value: passed ? 1 : 0, dimension: id }];
  });
}
