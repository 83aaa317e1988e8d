import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { NamedComparison } from '../../api/client.ts';
import css from './compare.module.css';
import { toneOf, VerdictIcon } from './verdict-look.tsx';

/** `Success improved`, and what the sentence says after it. */
function parted({ sentence, verdict }: MetricComparison): [head: string, rest: string] {
  const end = sentence.indexOf(verdict) + verdict.length;
  return [sentence.slice(0, end), plainLine(sentence.slice(end).replace(/^[:.]\s*/, ''))];
}

/** The verdict on success, large, and under it what is said of the other metrics. */
export function VerdictSentences({ comparison }: { comparison: NamedComparison }) {
  const [success, ...others] = comparison.metrics;
  if (!success) return null;
  const [head, rest] = parted(success);
  return (
    <section className={css.verdict} aria-labelledby="compare-verdict" data-tone={toneOf(success.verdict)}>
      <VerdictIcon of={success.verdict} size={30} />
      <div>
        <h2 id="compare-verdict" className={css.headline}>
          {comparison.provisional && <span className={css.provisional}>Provisional</span>}
          {head}
        </h2>
        <p className={css.figures}>{capital(rest)}</p>
        <ul className={css.sentences}>
          {others.map((metric) => {
            const [words, figures] = parted(metric);
            return (
              <li key={metric.metric}>
                <VerdictIcon of={metric.verdict} />
                <span>
                  <b>{words}</b>
                  {figures !== '' && <> – {figures}</>}
                </span>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
