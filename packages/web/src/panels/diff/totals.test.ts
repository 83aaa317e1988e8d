import type { RunDiff } from '@tacho/trace/analysis/diff/diff-runs';
import type { RunSummary } from '@tacho/trace/model/summary';
import { describe, expect, it } from 'vitest';
import { type TotalRow, totalsOf } from './totals.ts';

type Values = {
  durationUs?: number;
  tokens?: number;
  costUsd?: number | null;
  spans?: number;
  errors?: number;
};

function rowsOf(
  left: Values & Partial<RunSummary>,
  right: Values & Partial<RunSummary>,
): Record<string, TotalRow> {
  const both = <Value>(one: Value, other: Value, delta: Value) => ({ left: one, right: other, delta });
  const number = (name: 'durationUs' | 'tokens' | 'spans' | 'errors') => {
    const [one, other] = [left[name] ?? 0, right[name] ?? 0];
    return both(one, other, other - one);
  };
  const [one, other] = [left.costUsd ?? null, right.costUsd ?? null];
  const totals: RunDiff['totals'] = {
    durationUs: number('durationUs'),
    tokens: number('tokens'),
    spans: number('spans'),
    errors: number('errors'),
    costUsd: both(one, other, one === null || other === null ? null : other - one),
  };
  const rows = totalsOf({ totals }, left as RunSummary, right as RunSummary);
  // Thin spaces would not be seen in what is expected.
  const plain = JSON.parse(JSON.stringify(rows).replaceAll('\u202f', ' ')) as TotalRow[];
  return Object.fromEntries(plain.map((row) => [row.name, row]));
}

describe('the totals of two runs', () => {
  it('say what is better and what is worse, in words', () => {
    const rows = rowsOf(
      { durationUs: 2e6, tokens: 1000, costUsd: 0.5, errors: 0, spans: 10, score: 0.5 },
      { durationUs: 3e6, tokens: 750, costUsd: 0.5, errors: 2, spans: 12, score: 0.75 },
    );
    expect(rows.Duration).toMatchObject({ tone: 'worse', word: 'slower', difference: '+1.00 s (+50 %)' });
    expect(rows.Tokens).toMatchObject({ tone: 'better', word: 'fewer', difference: '−250 (−25 %)' });
    expect(rows.Cost).toMatchObject({ tone: 'neutral', word: 'the same', difference: '0' });
    expect(rows.Errors).toMatchObject({ tone: 'worse', word: 'more', difference: '+2' });
    expect(rows.Steps).toMatchObject({ tone: 'neutral', word: 'more', left: '10', right: '12' });
    expect(rows.Score).toMatchObject({ tone: 'better', word: 'higher', difference: '+0.25 (+50 %)' });
  });

  it('what was measured is about the same within one percent; one error more is one more', () => {
    const rows = rowsOf({ durationUs: 1e9, errors: 500 }, { durationUs: 1.005e9, errors: 501 });
    expect(rows.Duration).toMatchObject({ tone: 'neutral', word: 'about the same' });
    expect(rows.Errors).toMatchObject({ tone: 'worse', word: 'more', difference: '+1 (<1 %)' });
  });

  it('no side costs more where not all has a price', () => {
    const rows = rowsOf({ costUsd: 1, unpricedCalls: 2 }, { costUsd: 3 });
    expect(rows.Cost).toMatchObject({ tone: 'neutral', left: '≥ $1.00', right: '$3.00' });
    expect(rows.Cost!.word).toBe('of what has a price');
    const unknown = rowsOf({ costUsd: null, unpricedCalls: 2 }, { costUsd: 3 });
    expect(unknown.Cost).toMatchObject({ left: 'unknown', difference: '–', tone: 'neutral' });
  });

  it('a score that one side has is shown, and compared with nothing', () => {
    expect(rowsOf({}, {})).not.toHaveProperty('Score');
    expect(rowsOf({ score: 1 }, {}).Score).toMatchObject({
      left: '1',
      right: '–',
      difference: '–',
      word: '',
    });
  });
});
