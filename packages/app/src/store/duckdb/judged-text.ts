import type { DimensionJudgement, FinalScore, JudgedFacts } from '@tacho/trace/model/judged-facts';

/**
 * Facts as they are stored: JSON of the values without their names, a fifth as long as a summary. The
 * order of the values is the schema's: a change of it is a new version.
 */
export function judgedText(facts: JudgedFacts): string {
  const { final, leverage } = facts;
  return JSON.stringify([
    facts.runId,
    facts.name,
    facts.status,
    facts.startUs,
    facts.durationUs,
    facts.errorType,
    facts.tokens,
    facts.costUsd,
    facts.unpricedCalls,
    final === undefined ? null : [final.value, final.max, final.label],
    facts.reward,
    facts.dimensions.flatMap(({ name, max, first, last }) => [name, max, first, last]),
    facts.rounds,
    leverage === null ? null : [leverage.value, leverage.kind],
    facts.patchBytes,
    facts.filesChanged,
    facts.taskType,
    facts.session,
    facts.agent,
    facts.model,
    facts.task,
    facts.taskVersion,
    facts.benchmark,
  ]);
}

type Values = readonly [
  runId: string,
  name: string,
  status: JudgedFacts['status'],
  startUs: number,
  durationUs: number | null,
  errorType: string | null,
  tokens: number | null,
  costUsd: number | null,
  unpricedCalls: number,
  final: readonly [value: number, max: number | null, label: string | null] | null,
  reward: number | null,
  dimensions: readonly (string | number | null)[],
  rounds: number,
  leverage: readonly [value: number, kind: 'tac' | 'proxy'] | null,
  patchBytes: number | null,
  filesChanged: number | null,
  taskType: string | null,
  session: string | null,
  agent: string | null,
  model: string | null,
  task: string | null,
  taskVersion: string | null,
  benchmark: string | null,
];

/** The facts of many runs, from an array of such texts. */
export function* judgedFrom(text: string): Generator<JudgedFacts> {
  for (const values of JSON.parse(text) as Values[]) yield factsFrom(values);
}

function factsFrom(values: Values): JudgedFacts {
  const leverage = values[13];
  return {
    runId: values[0],
    name: values[1],
    status: values[2],
    startUs: values[3],
    durationUs: values[4],
    errorType: values[5] ?? undefined,
    tokens: values[6],
    costUsd: values[7],
    unpricedCalls: values[8],
    final: finalFrom(values[9]),
    reward: values[10] ?? undefined,
    dimensions: dimensionsFrom(values[11]),
    rounds: values[12],
    leverage: leverage === null ? null : { value: leverage[0], kind: leverage[1] },
    patchBytes: values[14],
    filesChanged: values[15],
    taskType: values[16] ?? undefined,
    session: values[17] ?? undefined,
    agent: values[18] ?? undefined,
    model: values[19] ?? undefined,
    task: values[20] ?? undefined,
    taskVersion: values[21] ?? undefined,
    benchmark: values[22] ?? undefined,
  };
}

function finalFrom(values: Values[9]): FinalScore | undefined {
  if (values === null) return undefined;
  const [value, max, label] = values;
  return { value, ...(max !== null && { max }), ...(label !== null && { label }) };
}

const NO_DIMENSIONS: readonly DimensionJudgement[] = [];

function dimensionsFrom(values: Values[11]): readonly DimensionJudgement[] {
  if (values.length === 0) return NO_DIMENSIONS;
  const found: DimensionJudgement[] = [];
  for (let at = 0; at < values.length; at += 4) {
    const max = values[at + 1] as number | null;
    found.push({
      name: values[at] as string,
      ...(max !== null && { max }),
      first: values[at + 2] as number | null,
      last: values[at + 3] as number | null,
    });
  }
  return found;
}
