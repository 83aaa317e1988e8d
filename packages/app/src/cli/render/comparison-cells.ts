import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import { METRICS, type MetricName } from '@tacho/trace/analysis/compare/metrics';
import { difference, percent, points, pValue, range, times } from '@tacho/trace/analysis/compare/words';
import type { NamedComparison } from '../../server/compare/named-comparison.ts';
import { duration, money, plural, short } from './figures.ts';

/** One metric of a comparison as texts: the same on the screen and in a pull request. */
export type MetricCells = {
  metric: string;
  baseline: string;
  treatment: string;
  change: string;
  interval: string;
  p: string;
  verdict: MetricComparison['verdict'];
};

const SIDE_VALUES: Readonly<Record<MetricName, (value: number) => string>> = {
  success: percent,
  duration,
  tokens: short,
  cost: money,
  score: (value) => String(Number(value.toPrecision(3))),
};
const DIFFERENCES: Readonly<Record<MetricName, (value: number) => string>> = {
  success: points,
  duration: (us) => `${difference(us / 1e6)} s`,
  tokens: difference,
  cost: (usd) => `${difference(usd)} USD`,
  score: difference,
};

export function metricCells(metric: MetricComparison): MetricCells {
  const { baseline, treatment, effect, interval, adjustedP, scale } = metric;
  const change = scale === 'ratio' ? times : DIFFERENCES[metric.metric];
  const value = (side: number | null): string => (side === null ? '-' : SIDE_VALUES[metric.metric](side));
  return {
    metric: METRICS[metric.metric].title,
    baseline: value(baseline),
    treatment: value(treatment),
    change: effect === null ? '-' : change(effect),
    interval: interval ? range(change(interval.lower), change(interval.upper)) : '-',
    p: pCell(adjustedP),
    verdict: metric.verdict,
  };
}

/** `0.031`, `< 0.0001`; `-` where nothing was tested. */
export function pCell(p: number | null): string {
  return p === null ? '-' : pValue(p).replace(/^p (= )?/, '');
}

/** A side in a line: what it was taken to mean, and what became of its runs. */
export function sideLine(comparison: NamedComparison, side: 'baseline' | 'treatment'): string {
  const { runs, outcomes, successRate, successInterval } = comparison[side];
  const judged = outcomes.success + outcomes.failure;
  const range = successInterval
    ? ` (95% interval ${percent(successInterval.lower)} to ${percent(successInterval.upper)})`
    : '';
  const rest = (['infrastructure', 'unjudged', 'running'] as const)
    .filter((outcome) => outcomes[outcome] > 0)
    .map(
      (outcome) =>
        `, ${outcomes[outcome]} ${outcome === 'infrastructure' ? 'lost to the infrastructure' : outcome}`,
    );
  const success =
    successRate === null
      ? ''
      : `, ${outcomes.success} of ${judged} succeeded, ${percent(successRate)}${range}`;
  return `${comparison.named[side]}: ${plural(runs, 'run')}${success}${rest.join('')}`;
}

/** What a success costs, in a sentence; undefined where nobody knows. */
export function costLine({ costOfSuccess }: NamedComparison): string | undefined {
  const { baseline, treatment, ratio, interval } = costOfSuccess;
  if (baseline.costUsd === null && treatment.costUsd === null) return undefined;
  const side = ({ costUsd, runs, successes }: typeof baseline): string =>
    costUsd !== null ? money(costUsd) : runs === 0 ? 'unknown' : successes === 0 ? 'no success' : 'unknown';
  const range = interval ? `, 95% interval ${times(interval.lower)} to ${times(interval.upper)}` : '';
  const change = ratio === null ? '' : ` (${times(ratio)}${range})`;
  return `Cost of a success: ${side(baseline)} to ${side(treatment)}${change}. All that was paid over the successes, failures included.`;
}

/** How much outcomes change by themselves; undefined where no task was repeated. */
export function flakyLine({ repeats }: NamedComparison): string | undefined {
  const { baseline, treatment, discordance } = repeats;
  if (baseline.repeated + treatment.repeated === 0) return undefined;
  const side = ({ flaky, repeated }: typeof baseline): string => `${flaky} of ${repeated}`;
  const known = [baseline.expectedDiscordance, treatment.expectedDiscordance].filter(
    (share) => share !== null,
  );
  const expected = known.reduce((sum, share) => sum + share, 0) / known.length;
  const noise =
    discordance === null || known.length === 0
      ? ''
      : ` Trials of the two sides differ in ${percent(discordance)}; trials of the same side differ in ${percent(expected)}.`;
  return `Flaky tasks: ${side(baseline)} of the baseline, ${side(treatment)} of the treatment.${noise}`;
}

/** The threshold report in lines. */
export function thresholdLines({ threshold }: NamedComparison): string[] {
  const { regressions, improvements, threshold_percent } = threshold;
  const moved = [
    ...regressions.map((finding) => ['worse', finding] as const),
    ...improvements.map((finding) => ['better', finding] as const),
  ];
  const head = `By the threshold of ${threshold_percent}%, whatever chance has to do with it:`;
  if (moved.length === 0) return [`${head} nothing moved by more.`];
  return [
    head,
    ...moved.map(([word, { metric, baseline, treatment, delta_percent }]) => {
      const unit = metric === 'success_rate' ? 'points' : '%';
      const sign = delta_percent > 0 ? '+' : '';
      return `  ${metric} ${word}: ${baseline} to ${treatment} (${sign}${delta_percent}${unit === '%' ? '%' : ` ${unit}`})`;
    }),
  ];
}
