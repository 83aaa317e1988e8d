import { HttpProblem } from '../api-error.ts';
import { ChoiceError, NoRunsError } from './choice.ts';

/** What a choice of runs that makes no sense is to whoever asked over HTTP; every other error as it is. */
export function choiceProblem(error: unknown): unknown {
  if (!(error instanceof ChoiceError)) return error;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return error instanceof NoRunsError
    ? new HttpProblem(404, 'not-found', error.message, hint)
    : new HttpProblem(400, 'parameter', error.message, hint);
}
