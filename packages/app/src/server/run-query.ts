import { RUN_STATUSES } from '@tacho/trace/model/run';
import { RUN_SORTS, type RunQuery } from '@tacho/trace/wire/runs';
import { HttpProblem } from './api-error.ts';
import { type NumberLimits, numberIn } from './judge-options.ts';
import { searchText } from './search-text.ts';

const TEXTS = ['search', 'session', 'project', 'taskType', 'status', 'agent', 'model', 'label'] as const;
const NUMBERS = ['minScore', 'maxScore', 'fromUs', 'toUs', 'limit'] as const;
const LIMITS: Partial<Record<(typeof NUMBERS)[number], NumberLimits>> = { limit: { min: 1, whole: true } };
const LARGEST_PAGE = 1000;

/** The query of a page of the run list; throws a sentence about the parameter that makes no sense. */
export function runPageIn(parameters: URLSearchParams): RunQuery {
  const cursor = parameters.get('cursor');
  return { ...filtersIn(parameters), ...(cursor && { cursor }) };
}

/** The same of an answer about all runs that fit, which has no pages. */
export function runQueryIn(parameters: URLSearchParams): RunQuery {
  if (parameters.get('cursor'))
    throw new HttpProblem(
      400,
      'parameter',
      'The parameter "cursor" is for the pages of GET /api/runs: there is one answer here, without pages. Leave it out.',
    );
  return filtersIn(parameters);
}

function filtersIn(parameters: URLSearchParams): RunQuery {
  const query: RunQuery = {};
  for (const name of TEXTS) {
    const text = parameters.get(name);
    if (text) query[name] = text;
  }
  if (query.search !== undefined) searchText('search', query.search);
  if (query.status !== undefined) oneOf(RUN_STATUSES, 'status', query.status);
  if (query.label !== undefined && !query.label.includes('='))
    throw new HttpProblem(400, 'parameter', `The parameter "label" must be key=value, not "${query.label}".`);
  for (const name of NUMBERS) {
    const number = numberIn(parameters, name, LIMITS[name]);
    if (number !== undefined) query[name] = number;
  }
  // Who asks for more than a page gets one, and where the next begins.
  if (query.limit !== undefined) query.limit = Math.min(LARGEST_PAGE, query.limit);
  const sort = parameters.get('sort');
  if (sort) query.sort = oneOf(RUN_SORTS, 'sort', sort);
  const descending = flag(parameters.get('descending'));
  if (descending !== undefined) query.descending = descending;
  const contents = flag(parameters.get('contents'));
  if (contents !== undefined) query.contents = contents;
  return query;
}

function oneOf<Word extends string>(words: readonly Word[], name: string, text: string): Word {
  const known = words.find((word) => word === text);
  if (known !== undefined) return known;
  throw new HttpProblem(
    400,
    'parameter',
    `The parameter "${name}" must be one of ${words.join(', ')}, not "${text}".`,
  );
}

function flag(text: string | null): boolean | undefined {
  return text === null || text === '' ? undefined : text !== 'false' && text !== '0';
}
