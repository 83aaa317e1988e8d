import type { Delta, RunDiff } from '@tacho/trace/analysis/diff/diff-runs';
import { NONE } from '@tacho/trace/model/figures';
import type { RunSummary } from '@tacho/trace/model/summary';
import { duration, figure, grouped, money, moneyAtLeast, percent } from '../../ui/format.ts';
import { signed } from './step-words.ts';

export type Tone = 'better' | 'worse' | 'neutral';

/** A figure of both runs, as words: `right` is better or worse than `left`, or neither. */
export type TotalRow = {
  name: string;
  left: string;
  right: string;
  difference: string;
  tone: Tone;
  word: string;
};

/** Runs are never the same to the microsecond: below this share a difference is no news. */
const ABOUT_THE_SAME = 0.01;

type Figure = {
  name: string;
  values: { left: number | null | undefined; right: number | null | undefined };
  shown: (value: number) => string;
  /** Words for what is more and what is less, and which of both is welcome. */
  words: { more: string; less: string };
  good: 'more' | 'less' | 'neither';
  /** Never twice the same, unlike what is counted. */
  measured?: true;
};

export function totalsOf(
  { totals }: Pick<RunDiff, 'totals'>,
  left: RunSummary | undefined,
  right: RunSummary | undefined,
): TotalRow[] {
  const more = { more: 'more', less: 'fewer' };
  const unpriced = { left: left?.unpricedCalls, right: right?.unpricedCalls };
  const rows = [
    rowOf({
      name: 'Duration',
      values: totals.durationUs,
      shown: duration,
      words: { more: 'slower', less: 'faster' },
      good: 'less',
      measured: true,
    }),
    rowOf({
      name: 'Tokens',
      values: totals.tokens,
      shown: grouped,
      words: more,
      good: 'less',
      measured: true,
    }),
    costRow(totals.costUsd, unpriced),
    rowOf({ name: 'Errors', values: totals.errors, shown: grouped, words: more, good: 'less' }),
    rowOf({ name: 'Steps', values: totals.spans, shown: grouped, words: more, good: 'neither' }),
  ];
  if (left?.score === undefined && right?.score === undefined) return rows;
  const score = rowOf({
    name: 'Score',
    values: { left: left?.score, right: right?.score },
    shown: figure,
    words: { more: 'higher', less: 'lower' },
    good: 'more',
  });
  return [score, ...rows];
}

function rowOf({ name, values: { left, right }, shown, words, good, measured }: Figure): TotalRow {
  const text = (value: number | null | undefined): string => (value == null ? NONE : shown(value));
  const row = { name, left: text(left), right: text(right) };
  if (left == null || right == null) return { ...row, difference: NONE, tone: 'neutral', word: '' };
  const delta = right - left;
  if (delta === 0) return { ...row, difference: '0', tone: 'neutral', word: 'the same' };
  const share = left === 0 ? undefined : Math.abs(delta / left);
  const difference = signed(delta, shown) + (share === undefined ? '' : ` (${relative(delta, share)})`);
  if (measured && share !== undefined && share < ABOUT_THE_SAME)
    return { ...row, difference, tone: 'neutral', word: 'about the same' };
  const way = delta > 0 ? 'more' : 'less';
  return {
    ...row,
    difference,
    tone: good === 'neither' ? 'neutral' : way === good ? 'better' : 'worse',
    word: words[way],
  };
}

/** `+17 %`; `<1 %` has no sign: less than one is both less up and less down. */
function relative(delta: number, share: number): string {
  const text = percent(share);
  return text.startsWith('<') ? text : signed(delta, () => text);
}

/** Where calls have no price, both sums are lower bounds: what is known differs, but nobody can say which run costs more. */
function costRow(
  costUsd: Delta<number | null>,
  unpriced: { left: number | undefined; right: number | undefined },
): TotalRow {
  const row = rowOf({
    name: 'Cost',
    values: costUsd,
    shown: money,
    words: { more: 'dearer', less: 'cheaper' },
    good: 'less',
    measured: true,
  });
  if (!unpriced.left && !unpriced.right) return row;
  return {
    ...row,
    left: moneyAtLeast(costUsd.left, unpriced.left),
    right: moneyAtLeast(costUsd.right, unpriced.right),
    tone: 'neutral',
    word: costUsd.delta === null ? 'not all calls have a price' : 'of what has a price',
  };
}
