import { percent } from '@tacho/trace/analysis/compare/words';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { NamedComparison } from '../../api/client.ts';
import { compact, counted, moneyAtLeast } from '../../ui/format.ts';
import tones from '../status.module.css';
import css from './compare.module.css';

const SIDES = [
  { side: 'baseline', title: 'Baseline' },
  { side: 'treatment', title: 'Treatment' },
] as const;

/** Error types that are told; the number is of all. */
const MOST_ERRORS = 4;

/** Both sides by themselves: what was chosen, and what became of its runs. */
export function Sides({ comparison }: { comparison: NamedComparison }) {
  return (
    <div className={css.sides}>
      {SIDES.map(({ side, title }) => {
        const { runs, outcomes, successRate, successInterval, tokens, costUsd, unknown, ...of } =
          comparison[side];
        const judged = outcomes.success + outcomes.failure;
        const name = plainLine(comparison.named[side]);
        return (
          <section key={side} className={css.side} data-side={side} aria-label={`${title}: ${name}`}>
            <h3 title={name}>
              <span>{title}</span> {name}
            </h3>
            <p>
              <b>{counted(runs, 'run')}</b>
              {judged > 0 && (
                <>
                  , {outcomes.success} of {judged} succeeded
                </>
              )}
              {successRate !== null && (
                <>
                  {' '}
                  – <b>{percent(successRate)}</b>
                  {successInterval &&
                    ` (95% interval ${percent(successInterval.lower)} to ${percent(successInterval.upper)})`}
                </>
              )}
            </p>
            <p className={`${tones.quiet} ${css.more}`}>
              {[
                outcomes.unjudged > 0 && `${outcomes.unjudged} unjudged`,
                outcomes.running > 0 && `${outcomes.running} running`,
                of.timedOut > 0 && `${of.timedOut} stopped at a limit of time`,
                `${compact(tokens)} tokens`,
                moneyAtLeast(unknown.cost === runs && costUsd === 0 ? undefined : costUsd, unknown.cost) +
                  (unknown.cost > 0
                    ? ` (the cost of ${counted(unknown.cost, 'run')} is not known in full)`
                    : ''),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
            <Errors title="Failed with" errors={of.errors} />
            <Errors title="Lost to the infrastructure, not failed" errors={of.infrastructureErrors} />
          </section>
        );
      })}
    </div>
  );
}

function Errors({ title, errors }: { title: string; errors: Record<string, number> }) {
  const types = Object.entries(errors);
  if (types.length === 0) return null;
  const more = types.length - MOST_ERRORS;
  return (
    <p className={`${tones.quiet} ${css.more}`}>
      {title}:{' '}
      {types
        .slice(0, MOST_ERRORS)
        .map(([type, count]) => `${plainLine(type)} ${count}`)
        .join(', ')}
      {more > 0 && ` and ${counted(more, 'more type')}`}
    </p>
  );
}
