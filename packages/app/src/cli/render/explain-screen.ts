import { type ExplainedSpan, type Explanation, pricedBy } from '@tacho/trace/model/explanation';
import { TOKEN_BUCKETS, totalTokens, type Usage } from '@tacho/trace/model/usage';
import type { Colours } from './colours.ts';
import { count, exactMoney, money, plural } from './figures.ts';
import { plainLine } from './plain.ts';
import { table } from './table.ts';

type Screen = { columns: number; colours: Colours };

export const VERDICTS = ['counted', 'unattributed', 'roll-up', 'duplicate'] as const;

/** Spans shown unless all are wanted: the largest. */
const MOST_SHOWN = 12;

const BUCKET_WORDS: Record<(typeof TOKEN_BUCKETS)[number], string> = {
  inputTokens: 'input',
  cacheReadTokens: 'cache read',
  cacheWriteTokens: 'cache write',
  cacheWrite1hTokens: 'cache write 1 h',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
  otherTokens: 'unknown kind',
};

/** The books of a run as a screen: totals, verdicts, prices, and spans, those that do not count first. */
export function explainScreen(
  explanation: Explanation,
  { all, verdict }: { all: boolean; verdict: string | undefined },
  screen: Screen,
): string {
  const { colours } = screen;
  const { runId, tokens, usage } = explanation;
  const lines = [
    `${colours.bold(plainLine(runId))}`,
    `Tokens: ${count(tokens)}${tokens === 0 ? '' : ` = ${bucketsOf(usage)}`}`,
    `Cost: ${costOf(explanation)}`,
    '',
    verdictTable(explanation, screen),
    priceTable(explanation, screen),
  ];
  const shown = largest(explanation.spans, verdict, all);
  if (shown.length > 0) lines.push(spanTable(shown, screen));
  const hidden = explanation.spans.length - shown.length;
  if (hidden > 0) lines.push(colours.dim(`… and ${plural(hidden, 'span')} more: --all shows them.\n`));
  return lines.join('\n');
}

function bucketsOf(usage: Usage): string {
  return TOKEN_BUCKETS.filter((bucket) => usage[bucket] > 0)
    .map((bucket) => `${count(usage[bucket])} ${BUCKET_WORDS[bucket]}`)
    .join(' + ');
}

/** To six decimals: what is to be explained must add up. */
function costOf({ costUsd, unpricedCalls, unpricedRests }: Explanation): string {
  const text = exactMoney(costUsd);
  const unpriced = [
    ...(unpricedCalls > 0 ? [plural(unpricedCalls, 'call')] : []),
    ...(unpricedRests > 0
      ? [unpricedRests === 1 ? '1 sum beyond its calls' : `${count(unpricedRests)} sums beyond their calls`]
      : []),
  ];
  return costUsd === null || unpriced.length === 0 ? text : `≥ ${text} (${unpriced.join(' and ')} unpriced)`;
}

function verdictTable({ groups }: Explanation, screen: Screen): string {
  if (groups.length === 0) return 'No span of it reports tokens or cost.\n';
  return table(
    groups,
    [
      { title: 'VERDICT', of: (group) => group.verdict },
      { title: 'SPANS', of: (group) => count(group.spans), right: true },
      { title: 'REPORTED', of: (group) => count(group.reportedTokens), right: true },
      { title: 'COUNTED', of: (group) => count(group.countedTokens), right: true },
      { title: 'COST', of: (group) => exactMoney(group.costUsd), right: true },
      { title: 'MEANING', of: (group) => group.meaning, shrinksTo: 20 },
    ],
    screen,
  );
}

function priceTable({ prices }: Explanation, screen: Screen): string {
  if (prices.length === 0) return '';
  const stated = prices.some(({ reportedCostUsd }) => reportedCostUsd !== undefined);
  return table(
    prices,
    [
      { title: 'MODEL', of: (price) => price.model, shrinksTo: 16 },
      { title: 'CALLS', of: (price) => (price.rests > 0 ? '' : count(price.calls)), right: true },
      { title: 'TOKENS', of: (price) => count(totalTokens(price.usage)), right: true },
      { title: 'COST', of: (price) => exactMoney(price.costUsd), right: true },
      ...(stated
        ? [
            {
              title: 'SOURCE SAYS',
              of: (price: Explanation['prices'][number]) =>
                price.reportedCostUsd === undefined ? '' : exactMoney(price.reportedCostUsd),
              right: true,
            },
          ]
        : []),
      { title: 'PRICE', of: pricedBy, shrinksTo: 24 },
    ],
    screen,
  );
}

/** Without a wish, what does not count as it reports itself: that is what people ask about. */
function largest(
  spans: readonly ExplainedSpan[],
  verdict: string | undefined,
  all: boolean,
): readonly ExplainedSpan[] {
  if (all) return spans;
  const asked = verdict === undefined ? spans.filter((span) => span.verdict !== 'counted') : spans;
  return asked.toSorted((a, b) => b.reportedTokens - a.reportedTokens).slice(0, MOST_SHOWN);
}

function spanTable(spans: readonly ExplainedSpan[], screen: Screen): string {
  return table(
    spans,
    [
      { title: 'SPAN', of: (span) => span.name, shrinksTo: 14 },
      { title: 'VERDICT', of: (span) => span.verdict },
      { title: 'REPORTED', of: (span) => count(span.reportedTokens), right: true },
      { title: 'COUNTED', of: (span) => count(totalTokens(span.counted)), right: true },
      { title: 'COST', of: (span) => money(span.costUsd), right: true },
      { title: 'WHY', of: (span) => span.why, shrinksTo: 30 },
    ],
    screen,
  );
}
