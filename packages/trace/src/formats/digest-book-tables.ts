import type { Digest } from '../analysis/digest.ts';
import { pricedBy } from '../model/explanation.ts';
import { compact, grouped, moneyAtLeast, percent } from '../model/figures.ts';
import { totalTokens } from '../model/usage.ts';
import { BUCKET_WORDS, bucketShares } from './digest-facts.ts';
import { type DigestTable, foreign, tableOf } from './digest-table.ts';

export function bucketTable(digest: Digest): DigestTable | undefined {
  return tableOf(
    'tokens',
    'Tokens',
    bucketShares(digest),
    [
      { title: 'bucket', of: ({ bucket }) => BUCKET_WORDS[bucket] },
      { title: 'tokens', figure: true, of: ({ tokens }) => grouped(tokens) },
      { title: 'share', figure: true, of: ({ share }) => ({ text: percent(share), share }) },
    ],
    { most: Number.POSITIVE_INFINITY },
  );
}

export function priceTable({ books: { prices } }: Digest, most: number): DigestTable | undefined {
  return tableOf(
    'prices',
    'Cost',
    prices,
    [
      { title: 'model', of: ({ model }) => foreign(model) },
      {
        title: 'priced by',
        of: (price) =>
          price.priceRow === null
            ? { text: pricedBy(price), tone: 'warn' }
            : { ...foreign(pricedBy(price)), tone: 'mute' },
      },
      { title: 'calls', figure: true, of: ({ calls, rests }) => (rests > 0 ? '' : compact(calls)) },
      { title: 'tokens', figure: true, of: ({ usage }) => compact(totalTokens(usage)) },
      {
        title: 'source says',
        figure: true,
        of: ({ reportedCostUsd }) => (reportedCostUsd === undefined ? '' : moneyAtLeast(reportedCostUsd, 0)),
      },
      {
        title: 'counted',
        figure: true,
        of: ({ costUsd }) => moneyAtLeast(costUsd, costUsd === null ? 1 : 0),
      },
    ],
    {
      most,
      note: 'Counted is our price for the tokens, unless it was reported by the source. What the source says besides is shown and not added.',
    },
  );
}

/** Only where something does not count as it stands: that is what needs explaining. */
export function verdictTable({ books: { groups } }: Digest): DigestTable | undefined {
  return tableOf(
    'verdicts',
    'What counts',
    groups.every(({ verdict }) => verdict === 'counted') ? [] : groups,
    [
      { title: 'verdict', of: ({ verdict }) => verdict },
      { title: 'spans', figure: true, of: ({ spans }) => compact(spans) },
      { title: 'reported', figure: true, of: ({ reportedTokens }) => compact(reportedTokens) },
      { title: 'counted', figure: true, of: ({ countedTokens }) => compact(countedTokens) },
      { title: 'why', of: ({ meaning }) => ({ text: meaning, tone: 'mute' }) },
    ],
    { most: Number.POSITIVE_INFINITY },
  );
}

export function qualityTable({ report: { quality } }: Digest): DigestTable | undefined {
  return tableOf(
    'quality',
    'Data quality',
    quality,
    [
      { title: 'what', of: ({ meaning }) => meaning },
      { title: 'times', figure: true, of: ({ count }) => grouped(count) },
      { title: 'for example', of: ({ example }) => ({ ...foreign(example ?? ''), tone: 'mute' }) },
    ],
    { most: Number.POSITIVE_INFINITY },
  );
}
