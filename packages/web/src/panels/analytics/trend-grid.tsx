import { useState } from 'react';
import { type Trend, TrendChart } from './trend-chart.tsx';
import css from './trends.module.css';

/** Charts side by side that share an axis, and the place on it that is pointed at. All of them have the points of the first. */
export function TrendGrid({ label, trends }: { label: string; trends: readonly Trend[] }) {
  const [chosen, setChosen] = useState<number | undefined>();
  const labels = trends[0]?.slots.labels ?? [];
  // The newest figures may have fewer points than those that were pointed at.
  const at = chosen !== undefined && chosen < labels.length ? chosen : undefined;
  const said = (point: number): string =>
    `${labels[point]}: ${trends.map(({ title, of }) => `${title} ${of(point)}`).join(', ')}`;
  return (
    <div className={css.box}>
      <div className={css.charts} data-some={trends.length < 4 || undefined}>
        {trends.map((trend) => (
          <TrendChart key={trend.title} trend={trend} at={at} onAt={setChosen} />
        ))}
      </div>
      {labels.length > 1 && (
        <input
          className={css.slider}
          type="range"
          min={0}
          max={labels.length - 1}
          value={at ?? labels.length - 1}
          aria-label={`${label}: point`}
          aria-valuetext={said(at ?? labels.length - 1)}
          onChange={(event) => setChosen(event.target.valueAsNumber)}
          onBlur={() => setChosen(undefined)}
        />
      )}
    </div>
  );
}
