import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import tones from '../status.module.css';
import css from './compare.module.css';
import type { EffectScale } from './effect-scale.ts';
import own from './metrics.module.css';
import { toneOf } from './verdict-look.tsx';

/** An effect and its interval around "no difference". Its figures stand beside it in words. */
export function IntervalPlot({ metric, scale }: { metric: MetricComparison; scale: EffectScale }) {
  const { effect, interval, verdict } = metric;
  const x = (change: number): string => `${(scale.at(change) * 100).toFixed(2)}%`;
  return (
    <svg className={`${own.interval} ${tones[toneOf(verdict)]}`} aria-hidden="true">
      <line x1="50%" x2="50%" y1="0" y2="100%" className={css.none} />
      {interval && (
        <line x1={x(interval.lower)} x2={x(interval.upper)} y1="50%" y2="50%" className={own.span} />
      )}
      {interval &&
        [interval.lower, interval.upper].map((end, at) => (
          <line
            // biome-ignore lint/suspicious/noArrayIndexKey: an interval has two ends, which may be the same.
            key={at}
            x1={x(end)}
            x2={x(end)}
            y1="30%"
            y2="70%"
            className={own.span}
          />
        ))}
      {effect !== null && <circle cx={x(effect)} cy="50%" r={4} className={own.point} />}
    </svg>
  );
}
