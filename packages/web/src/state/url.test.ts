import { METRIC_NAMES } from '@tacho/trace/analysis/compare/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN_SORTS } from '../api/client.ts';
import { ANALYTICS_PARTS } from './analytics-url.ts';
import {
  DETAIL_TABS,
  filterCount,
  hrefOf,
  type Place,
  placeFrom,
  RUN_TABS,
  TASK_FILTERS,
  TASK_SORTS,
} from './url.ts';

const parse = (href: string): Place => {
  const url = new URL(href, 'http://tacho.test');
  return placeFrom(url.pathname, url.search);
};

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const clean = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

const filters = fc
  .record({
    search: optional(text),
    session: optional(text),
    label: optional(text),
    minScore: optional(fc.integer({ min: -5, max: 10 })),
    fromUs: optional(fc.integer({ min: 0, max: 2e15 })),
    sort: optional(fc.constantFrom(...RUN_SORTS)),
    descending: optional(fc.constant(true as const)),
  })
  .map(clean);

const parts = fc.uniqueArray(fc.constantFrom(...ANALYTICS_PARTS), { minLength: 1 });
const places = fc.oneof(
  filters.map((found) => ({ page: 'home', filters: found })),
  filters.map((found) => ({ page: 'runs', filters: found })),
  fc
    .record({
      page: fc.constant('analytics' as const),
      filters,
      tables: optional(parts),
      whole: optional(parts),
      orders: optional(
        fc.dictionary(
          fc.constantFrom(...ANALYTICS_PARTS),
          fc.record({
            column: fc.constantFrom('total', 'p95_duration_sec', 'medianUs'),
            descending: fc.boolean(),
          }),
          { minKeys: 1, noNullPrototype: true },
        ),
      ),
    })
    .map(clean),
  fc
    .record({
      page: fc.constant('compare' as const),
      baseline: optional(text),
      treatment: optional(text),
      pairBy: optional(text),
      successAt: optional(fc.integer({ min: -5, max: 10 })),
      show: optional(fc.constantFrom(...TASK_FILTERS)),
      metric: optional(fc.constantFrom(...METRIC_NAMES)),
      sort: optional(fc.constantFrom(...TASK_SORTS)),
      descending: optional(fc.constant(true as const)),
      find: optional(text),
    })
    .map(clean),
  fc
    .record({
      page: fc.constant('diff' as const),
      left: optional(text),
      right: optional(text),
      changes: optional(fc.constant(true as const)),
      find: optional(text),
      step: optional(
        fc.record({ side: fc.constantFrom('left' as const, 'right' as const), no: fc.nat({ max: 1e8 }) }),
      ),
    })
    .map(clean),
  fc
    .record({
      page: fc.constant('run' as const),
      runId: text,
      tab: fc.constantFrom(...RUN_TABS),
      span: optional(fc.nat()),
      detail: optional(fc.constantFrom(...DETAIL_TABS)),
      view: optional(
        fc.tuple(fc.nat({ max: 1e9 }), fc.integer({ min: 1, max: 1e9 })).map(([fromUs, more]) => ({
          fromUs,
          toUs: fromUs + more,
          ...(more % 2 === 0 && { follow: true }),
        })),
      ),
      find: optional(text),
      only: optional(fc.constant(true as const)),
      path: optional(fc.constant(true as const)),
    })
    .map(clean),
) as fc.Arbitrary<Place>;

describe('places and their URLs', () => {
  it('reads back every place it wrote', () => {
    fc.assert(
      fc.property(places, (place) => {
        // Browsers resolve "." and ".." as path segments, encoded or not: no run can have these names in a URL.
        fc.pre(place.page !== 'run' || !['.', '..'].includes(place.runId));
        expect(parse(hrefOf(place))).toEqual(place);
      }),
    );
  });

  it('keeps the plain addresses plain', () => {
    expect(hrefOf({ page: 'home', filters: {} })).toBe('/');
    expect(hrefOf({ page: 'runs', filters: {} })).toBe('/runs');
    expect(hrefOf({ page: 'run', runId: 'a b/c', tab: 'timeline' })).toBe('/runs/a%20b%2Fc');
  });

  it('leaves out what makes no sense', () => {
    expect(parse('/runs/x?tab=nonsense&span=-1&view=9-3&detail=&agents=all')).toEqual({
      page: 'run',
      runId: 'x',
      tab: 'timeline',
    });
    expect(parse('/diff?left=a&right=&changes=yes&step=middle-3')).toEqual({ page: 'diff', left: 'a' });
    expect(parse('/runs?sort=colour&minScore=high&status=')).toEqual({ page: 'runs', filters: {} });
  });

  it('knows where it does not know', () => {
    expect(parse('/nowhere').page).toBe('lost');
    expect(parse('/runs/a/b').page).toBe('lost');
    expect(placeFrom('/runs/%E0%A4%A', '').page).toBe('lost');
    expect(parse('/runs/').page).toBe('runs');
  });

  it('counts filters without search and sort', () => {
    expect(filterCount({ search: 'x', sort: 'cost', descending: true, status: 'ok', minScore: 0 })).toBe(2);
  });
});
