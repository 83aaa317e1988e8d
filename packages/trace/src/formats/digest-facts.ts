import type { Digest } from '../analysis/digest.ts';
import {
  bytes,
  compact,
  counted,
  duration,
  figure,
  money,
  moneyAtLeast,
  multiple,
  NO_TIME,
  percent,
  utcTime,
} from '../model/figures.ts';
import { asString } from '../model/json.ts';
import type { RunHeader } from '../model/run.ts';
import { allInputTokens, TOKEN_BUCKETS } from '../model/usage.ts';

export type Tone = 'ok' | 'warn' | 'error' | 'mute';

/** One figure of a run, as the head of a digest shows it. The words are ours, not an agent's. */
export type Fact = { name: string; value: string; note?: string; tone?: Tone };

/** One line about where a run comes from. `text` may have been written by an agent. */
export type Origin = { name: string; text: string };

export const BUCKET_WORDS: Record<(typeof TOKEN_BUCKETS)[number], string> = {
  inputTokens: 'input',
  cacheReadTokens: 'cache read',
  cacheWriteTokens: 'cache write, 5 min',
  cacheWrite1hTokens: 'cache write, 1 h',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
  otherTokens: 'kind not reported',
};

/** Parallelism below this is serial work with rounding. */
const SERIAL = 1.05;

/** The figures of a run that people ask for first, in that order; what is unknown is left out. */
export function factsOf(digest: Digest): Fact[] {
  const facts = [
    timeFact,
    agentFact,
    callFact,
    tokenFact,
    costFact,
    scoreFact,
    leverageFact,
    parallelismFact,
    problemFact,
  ];
  return facts.flatMap((of) => of(digest) ?? []);
}

type Maker = (digest: Digest) => Fact | undefined;

const timeFact: Maker = ({ report: { run } }) => ({
  name: run.status === 'running' ? 'elapsed so far' : 'wall time',
  value: duration(run.durationUs),
  ...noted(run.output?.lines !== undefined && `${counted(run.output.lines, 'line')} of output`),
});

const agentFact: Maker = ({ report: { agents } }) => {
  if (agents.length === 0) return undefined;
  const torn = agents.filter(({ torn }) => torn).length;
  const failed = agents.filter(({ status }) => status === 'error').length;
  return {
    name: 'agents',
    value: compact(agents.length),
    ...noted(failed > 0 && `${compact(failed)} failed`, torn > 0 && `${compact(torn)} torn off`),
  };
};

const callFact: Maker = ({ report: { run } }) => ({
  name: 'model calls',
  value: compact(run.llmCalls),
  ...noted(run.toolCalls > 0 && counted(run.toolCalls, 'tool call')),
});

const tokenFact: Maker = ({ report: { run, usage } }) => {
  const read = allInputTokens(usage);
  return {
    name: 'tokens',
    value: compact(run.tokens),
    ...noted(usage.cacheReadTokens > 0 && `${percent(usage.cacheReadTokens / read)} cached`),
  };
};

const costFact: Maker = ({ report: { run, costUsd }, statedCostUsd }) => ({
  name: 'cost',
  value: moneyAtLeast(costUsd, run.unpricedCalls),
  ...noted(
    run.unpricedCalls !== undefined &&
      run.unpricedCalls > 0 &&
      `${counted(run.unpricedCalls, 'call')} unpriced`,
    statedCostUsd !== null &&
      money(statedCostUsd) !== money(costUsd) &&
      `the source says ${money(statedCostUsd)}`,
  ),
});

const scoreFact: Maker = ({ report: { result, rounds } }) => {
  const [value, max] = [result?.value ?? null, result?.max];
  if (value === null) return undefined;
  const judged = rounds.filter((round) => round.value !== null);
  return {
    name: 'score',
    value: max === undefined ? figure(value) : `${figure(value)} of ${figure(max)}`,
    ...noted(judged.length > 1 && judged.map((round) => figure(round.value)).join(' → ')),
  };
};

/** Values of different kinds are not comparable: the kind is always said. */
const leverageFact: Maker = ({ report: { leverage } }) =>
  leverage === null
    ? undefined
    : {
        name: 'leverage',
        value: figure(leverage.value),
        note: leverage.kind === 'tac' ? 'by TAC hours' : 'by proxy',
      };

const parallelismFact: Maker = ({ report: { parallelism } }) =>
  parallelism < SERIAL
    ? undefined
    : { name: 'parallelism', value: multiple(parallelism), note: 'over serial' };

const problemFact: Maker = ({ problems }) => {
  const of = (severity: string): number => problems.filter((problem) => problem.severity === severity).length;
  const [errors, warnings] = [of('error'), of('warning')];
  const found = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return {
    name: 'problems',
    value: found[0] ?? 'none',
    ...noted(found[1] ?? false),
    tone: errors > 0 ? 'error' : warnings > 0 ? 'warn' : 'ok',
  };
};

function noted(...parts: (string | false)[]): { note?: string } {
  const said = parts.filter((part) => part !== false);
  return said.length === 0 ? {} : { note: said.join(' · ') };
}

/** What one bucket of a run's tokens holds. */
export type BucketShare = { bucket: (typeof TOKEN_BUCKETS)[number]; tokens: number; share: number };

/** The buckets that hold something. Their shares add up to 1. */
export function bucketShares({ report: { run, usage } }: Digest): BucketShare[] {
  return TOKEN_BUCKETS.filter((bucket) => usage[bucket] > 0).map((bucket) => ({
    bucket,
    tokens: usage[bucket],
    share: usage[bucket] / run.tokens,
  }));
}

/** The verdict of those who judged the run (`PASS` …), as they wrote it. */
export function verdictOf({ report: { result } }: Digest): string | undefined {
  return result?.label;
}

/** Where a run comes from, when it was, and what it is filed under. */
export function originsOf({ report: { run } }: Digest): Origin[] {
  const commit = run.labels.source_commit ?? run.labels.commit;
  const repository = run.labels.source_repo ?? asString(run.attributes.source_repo);
  const origins: [string, string | undefined][] = [
    ['run', run.runId],
    ['started', run.timeUntold ? NO_TIME : utcTime(run.startUs)],
    [run.status === 'running' ? 'newest record' : 'ended', endOf(run)],
    ['session', run.sessionId === run.runId ? undefined : run.sessionId],
    ['project', run.project],
    ['repository', repository],
    ['commit', commit],
    ['task type', run.taskType],
    ['agent', run.agent],
    ['output', run.output?.path ?? (run.output?.bytes === undefined ? undefined : bytes(run.output.bytes))],
    ['recorded as', run.source?.format],
    ...Object.entries(run.labels)
      .filter(([name]) => !['source_repo', 'source_commit', 'commit', 'agent'].includes(name))
      .slice(0, MOST_LABELS),
  ];
  return origins.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [{ name, text }]));
}

function endOf({ timeUntold, endUs, lastUs }: RunHeader): string | undefined {
  return timeUntold ? undefined : utcTime(endUs ?? lastUs);
}

/** Labels shown: people set few, harnesses may set hundreds. */
const MOST_LABELS = 16;
