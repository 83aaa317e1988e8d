import { HttpProblem } from '../api-error.ts';
import { ChoiceError } from './choice.ts';

/** What a choice of runs that makes no sense is to whoever asked over HTTP; every other error as it is. */
export function choiceProblem(error: unknown): unknown {
  if (!(error instanceof ChoiceError)) return error;
  return new HttpProblem(
    400,
    'parameter',
    error.message,
    error.hint === undefined ? {} : { hint: error.hint },
  );
}
