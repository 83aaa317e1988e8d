import type { NamedComparison } from '../../api/client.ts';
import css from './compare.module.css';
import { sharedScales } from './effect-scale.ts';
import { IntervalPlot } from './interval-plot.tsx';
import { changeText, detectableText, intervalText, pText, valueText } from './metric-words.ts';
import own from './metrics.module.css';
import { VerdictWord } from './verdict-look.tsx';

/** Every metric with the figures that its verdict rests on. */
export function MetricTable({ comparison }: { comparison: NamedComparison }) {
  const { metrics } = comparison;
  const scales = sharedScales(metrics);
  const corrected = Math.max(...metrics.map((metric) => metric.corrected));
  return (
    <section className={css.block} aria-labelledby="compare-metrics">
      <h2 id="compare-metrics">Metrics</h2>
      <table className={`${css.table} ${own.metrics}`}>
        <caption className="visually-hidden">
          Each metric on both sides, with the difference, its 95 % interval and the verdict
        </caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Baseline</th>
            <th scope="col">Treatment</th>
            <th scope="col">Change</th>
            <th scope="col" className={own.plotHead}>
              <span aria-hidden="true">
                <span>← worse</span>
                <span>better →</span>
              </span>
              <span className="visually-hidden">Interval, drawn</span>
            </th>
            <th scope="col" className={own.wide}>
              95 % interval
            </th>
            <th
              scope="col"
              className={own.wide}
              title={
                corrected > 1
                  ? `After Holm’s correction for ${corrected} tests; success is not corrected`
                  : 'Of one test, not corrected'
              }
            >
              p
            </th>
            <th
              scope="col"
              className={own.wide}
              title="The smallest difference that this much data shows four times out of five"
            >
              Detectable
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.metric}>
              <th scope="row">
                {metric.title}
                <span className={own.under}>{metric.value}</span>
              </th>
              <td>{valueText(metric.metric, metric.baseline)}</td>
              <td>{valueText(metric.metric, metric.treatment)}</td>
              <td className={css.strong}>{changeText(metric, metric.effect)}</td>
              <td className={own.plot}>
                <IntervalPlot metric={metric} scale={scales.get(metric)!} />
              </td>
              <td className={own.wide} title={metric.interval?.method}>
                {intervalText(metric)}
              </td>
              <td
                className={own.wide}
                title={metric.tests.map(({ name, p }) => `${name}: ${pText(p)}`).join('\n') || undefined}
              >
                {pText(metric.adjustedP)}
              </td>
              <td className={own.wide}>{detectableText(metric)}</td>
              <td className={css.left}>
                <VerdictWord of={metric.verdict} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={css.legend}>{scaleWords(comparison, scales)}</p>
    </section>
  );
}

/** What the plots' ends are, said once. */
function scaleWords({ metrics }: NamedComparison, scales: ReturnType<typeof sharedScales>): string {
  const known = metrics.filter(({ effect }) => effect !== null);
  if (known.length === 0) return 'Nothing is known on both sides: there is no difference to draw.';
  const ratio = known.find(({ scale }) => scale === 'ratio');
  const parts = [
    ...(ratio
      ? [
          `ratios, on one logarithmic scale, from ${scales.get(ratio)!.ends.worse} to ${scales.get(ratio)!.ends.better}`,
        ]
      : []),
    ...known
      .filter(({ scale }) => scale === 'difference')
      .map((metric) => {
        const { ends } = scales.get(metric)!;
        return `${metric.title.toLowerCase()} from ${ends.worse} to ${ends.better}`;
      }),
  ];
  return `Right of the line is better, the line is no difference: ${parts.join('; ')}. Ratios are treatment over baseline.`;
}
