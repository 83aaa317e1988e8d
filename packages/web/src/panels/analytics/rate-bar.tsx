import css from './analytics.module.css';

/** A share from 0 to 100 as a bar, with the interval in which it may lie. */
export function RateBar({
  percent,
  interval,
  tone = 'main',
}: {
  percent: number;
  interval?: { lower: number; upper: number } | null;
  tone?: 'main' | 'bad';
}) {
  return (
    <span className={css.rate} aria-hidden="true">
      <i className={css.rateFill} data-tone={tone} style={{ width: `${percent}%` }} />
      {interval && (
        <i
          className={css.rateRange}
          style={{ left: `${interval.lower}%`, width: `${Math.max(0, interval.upper - interval.lower)}%` }}
        />
      )}
    </span>
  );
}
