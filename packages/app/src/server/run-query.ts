import { RUN_SORTS, type RunQuery } from '@tacho/trace/wire/runs';
import { HttpProblem } from './api-error.ts';

const TEXTS = [
  'search',
  'session',
  'project',
  'taskType',
  'status',
  'agent',
  'model',
  'label',
  'cursor',
] as const;
const NUMBERS = ['minScore', 'maxScore', 'fromUs', 'toUs', 'limit'] as const;
const LARGEST_PAGE = 1000;

/** The query of the run list; throws a sentence about the parameter that makes no sense. */
export function runQueryIn(parameters: URLSearchParams): RunQuery {
  const query: RunQuery = {};
  for (const name of TEXTS) {
    const text = parameters.get(name);
    if (text) query[name] = text;
  }
  for (const name of NUMBERS) {
    const text = parameters.get(name);
    if (text === null || text === '') continue;
    const number = Number(text);
    if (!(Math.abs(number) <= Number.MAX_SAFE_INTEGER))
      throw new HttpProblem(
        400,
        'parameter',
        `The parameter "${name}" must be a number of usual size, not "${text}".`,
      );
    query[name] = number;
  }
  if (query.limit !== undefined) query.limit = Math.min(LARGEST_PAGE, Math.max(1, Math.round(query.limit)));
  const sort = parameters.get('sort');
  if (sort) {
    const known = RUN_SORTS.find((name) => name === sort);
    if (!known)
      throw new HttpProblem(
        400,
        'parameter',
        `The parameter "sort" must be one of ${RUN_SORTS.join(', ')}, not "${sort}".`,
      );
    query.sort = known;
  }
  const descending = flag(parameters.get('descending'));
  if (descending !== undefined) query.descending = descending;
  const contents = flag(parameters.get('contents'));
  if (contents !== undefined) query.contents = contents;
  return query;
}

function flag(text: string | null): boolean | undefined {
  return text === null || text === '' ? undefined : text !== 'false' && text !== '0';
}
