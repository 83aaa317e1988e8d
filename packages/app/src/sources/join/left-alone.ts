import type { HarborShape } from '@tacho/trace/formats/harbor/shape';

/** What is known of a file of a trial when it is to be decided whether it is read. */
export type PieceFacts = {
  /** From the trial's folder, with `/`. */
  readonly path: string;
  /** Undefined: no format knows it. */
  readonly format: string | undefined;
  readonly shape: HarborShape | undefined;
  readonly hasResult: boolean;
  readonly hasRewards: boolean;
  /** Something in the trial tells its model calls one by one. */
  readonly hasCalls: boolean;
  /** It is what an agent printed, and a session or a trajectory beside it says the same better. */
  readonly hasBetter: boolean;
};

type Rule = { readonly when: (piece: PieceFacts) => boolean; readonly reason: string };

/**
 * Files of a trial that are not read because another one says the same better, or because they say nothing. The first
 * rule that holds decides; none does: the file is a piece of the trial's run.
 */
const RULES: readonly Rule[] = [
  {
    when: ({ shape, hasResult }) => shape === 'trial-config' && hasResult,
    reason: 'the result.json beside it holds the same configuration',
  },
  {
    when: ({ format, path, hasRewards }) =>
      format === 'harbor' && /(?:^|\/)reward\.(?:txt|json)$/.test(path) && hasRewards,
    reason: 'the trial’s result.json has the rewards',
  },
  {
    when: ({ format, hasCalls }) => format === 'atif' && hasCalls,
    reason: 'the session beside it says the same, with the times and tokens of every call',
  },
  {
    when: ({ hasBetter }) => hasBetter,
    reason: 'what the agent printed: the session or the trajectory beside it says the same, call by call',
  },
  {
    when: ({ format }) => format === 'run-manifest' || format === 'enterprise-metrics',
    reason: 'made from the trial beside it',
  },
  { when: ({ format }) => format !== undefined, reason: '' },
  {
    when: ({ path }) => path === 'trial.log' || path === 'exception.txt' || path === 'lock.json',
    reason: 'Harbor’s own log: the trial’s result.json says what came of it',
  },
  {
    when: ({ path }) => /(?:^|\/)verifier\/[^/]*$/.test(path),
    reason: 'the verifier’s output: rewards and tests are read from its other files',
  },
  { when: ({ path }) => /(?:^|\/)artifacts\//.test(path), reason: 'an artifact that the agent left behind' },
  { when: () => true, reason: 'a file of a Harbor trial that says nothing of its run' },
];

/** Why a file of a trial is left alone; undefined when it is to be read. */
export function leftAlone(piece: PieceFacts): string | undefined {
  return RULES.find(({ when }) => when(piece))?.reason || undefined;
}

/** Harbor's files that are no run, and no piece of one, by themselves. */
export const ALONE: Record<'job' | 'job-document' | 'piece', string> = {
  job: 'a file of a Harbor job: its trials are the runs',
  'job-document': 'it is about a whole Harbor job: its trials are the runs',
  piece: 'a file of a Harbor verifier, without the trial it belongs to',
};
