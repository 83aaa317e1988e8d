import type { ThresholdFinding } from '@tacho/trace/analysis/compare/threshold-report';
import { percent, points } from '@tacho/trace/analysis/compare/words';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { NamedComparison } from '../../api/client.ts';
import { counted, duration } from '../../ui/format.ts';
import css from './compare.module.css';

/** How runs were paired and judged, what was left out, and what to think of. */
export function Judging({ comparison }: { comparison: NamedComparison }) {
  const { notes, method, threshold } = comparison;
  return (
    <div className={css.columns}>
      <section className={css.block}>
        <h2>How to read this</h2>
        <ul className={css.notes}>
          <li>{pairedWords(comparison)}</li>
          <li>{judgedWords(comparison)}</li>
          {notes.map((note) => (
            <li key={note}>{plainLine(note)}</li>
          ))}
        </ul>
        <p className={css.legend}>
          Drawn with {method.generator}, seed {method.seed}, {method.rounds.toLocaleString('en')} rounds: the
          same runs give the same answer.
        </p>
      </section>
      <section className={css.block}>
        <h2>By a plain threshold of {threshold.threshold_percent} %</h2>
        <ul className={css.notes}>
          {threshold.regressions.map((finding) => (
            <li key={finding.metric}>{findingWords(finding, 'worse')}</li>
          ))}
          {threshold.improvements.map((finding) => (
            <li key={finding.metric}>{findingWords(finding, 'better')}</li>
          ))}
          {threshold.regressions.length + threshold.improvements.length === 0 && (
            <li>Nothing moved by more.</li>
          )}
        </ul>
        <p className={css.legend}>
          Over all runs that ended, whatever chance has to do with it: it tells of a change in most
          comparisons of a few runs.
        </p>
      </section>
    </div>
  );
}

function pairedWords({ pairing }: NamedComparison): string {
  const { by, design, tasks, onlyBaseline, onlyTreatment } = pairing;
  if (design === 'independent')
    return by === 'none'
      ? `Not paired, as it was asked for: ${counted(tasks, 'task')} compared as two groups.`
      : `Nothing to pair by: ${counted(tasks, 'task')} compared as two independent groups.`;
  const what = by === 'task' ? 'task' : by === 'name' ? 'name' : `the label ${plainLine(by)}`;
  const alone = onlyBaseline.length + onlyTreatment.length;
  return `Paired by ${what}: ${counted(tasks, 'task')} on both sides${alone > 0 ? `, ${counted(alone, 'task')} on one side only and left out` : ''}. Repeats of a task are taken together first.`;
}

function judgedWords({ judgedBy, method }: NamedComparison): string {
  if (method.successAt !== null)
    return `A run is a success with a final score of at least ${method.successAt}.`;
  return judgedBy === 'score'
    ? 'Judged by scores: a verdict such as PASS, else a reward above 0.'
    : 'No run was judged: a success is a run that ended without an error.';
}

function findingWords({ metric, baseline, treatment, delta_percent }: ThresholdFinding, way: string): string {
  if (metric === 'success_rate')
    return `Success rate ${way}: ${percent(baseline / 100)} to ${percent(treatment / 100)} (${points(delta_percent / 100)})`;
  const sign = delta_percent > 0 ? '+' : '';
  return `Mean duration ${way}: ${duration(baseline * 1e6)} to ${duration(treatment * 1e6)} (${sign}${percent(delta_percent / 100)})`;
}
