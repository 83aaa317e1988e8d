import type { JudgeOptions } from '@tacho/trace/analysis/compare/compared-run';
import type { Arguments } from './arguments.ts';
import type { OptionSpec } from './command.ts';

/** What counts as a success: the same for everything that counts them. */
export const JUDGE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--success-at <n>',
    description: 'success is a final score of at least n (default: the verdict, else a reward above 0)',
  },
  {
    flags: '--infrastructure <word>',
    description:
      'errors with this in their type are missing runs, not failures; takes the place of the built-in list',
    repeatable: true,
  },
  {
    flags: '--missing-as-failure',
    description: 'infrastructure errors and missing judgements count as failures, as Harbor counts them',
  },
];

export function judgeOptionsOf(args: Arguments): JudgeOptions {
  const infrastructure = args.texts('infrastructure');
  const successAt = args.number('successAt');
  return {
    ...(infrastructure.length > 0 && { infrastructure }),
    ...(successAt !== undefined && { successAt }),
    missingAsFailure: args.flag('missingAsFailure'),
  };
}
