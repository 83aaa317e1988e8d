import type { JudgeOptions } from '@tacho/trace/analysis/compare/compared-run';
import { HttpProblem } from './api-error.ts';

/** How runs are judged, as the parameters of a request say it. */
export function judgeOptionsIn(parameters: URLSearchParams): JudgeOptions {
  const infrastructure = parameters.getAll('infrastructure').filter((word) => word !== '');
  const successAt = numberIn(parameters, 'successAt');
  return {
    ...(infrastructure.length > 0 && { infrastructure }),
    ...(successAt !== undefined && { successAt }),
    missingAsFailure: flagIn(parameters, 'missingAsFailure'),
  };
}

export function flagIn(parameters: URLSearchParams, name: string): boolean {
  return ['1', 'true'].includes(parameters.get(name) ?? '');
}

export type NumberLimits = { min?: number; max?: number; whole?: boolean };

/** A number among the parameters; throws a sentence about one that makes no sense. */
export function numberIn(
  parameters: URLSearchParams,
  name: string,
  { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, whole = false }: NumberLimits = {},
): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  const number = Number(text);
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  throw new HttpProblem(
    400,
    'parameter',
    `The parameter "${name}" must be ${expected(min, max, whole)}, not "${text}".`,
  );
}

function expected(min: number, max: number, whole: boolean): string {
  const number = whole ? 'a whole number' : 'a number';
  const bounded = max < Number.MAX_SAFE_INTEGER;
  if (min === Number.MIN_SAFE_INTEGER)
    return bounded ? `${number} of at most ${max}` : `${number} of usual size`;
  return bounded ? `${number} from ${min} to ${max}` : `${number} of at least ${min}`;
}
