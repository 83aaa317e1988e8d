import { percent, range, times } from '@tacho/trace/analysis/compare/words';
import { NONE } from '@tacho/trace/model/figures';
import type { NamedComparison } from '../../api/client.ts';
import { money } from '../../ui/format.ts';
import css from './compare.module.css';

const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? NONE : percent(value);

/** What a success costs, and what repeats of tasks tell. */
export function Repeats({ comparison }: { comparison: NamedComparison }) {
  const { repeats, costOfSuccess } = comparison;
  const costKnown = costOfSuccess.baseline.costUsd !== null || costOfSuccess.treatment.costUsd !== null;
  const repeated = repeats.baseline.repeated + repeats.treatment.repeated > 0;
  if (!costKnown && !repeated) return null;
  return (
    <div className={css.columns}>
      {costKnown && <CostOfSuccess {...costOfSuccess} />}
      {repeated && <Flakiness repeats={repeats} />}
      {repeats.passAtK.length > 0 && <PassAtK repeats={repeats} />}
    </div>
  );
}

function CostOfSuccess({ baseline, treatment, ratio, interval }: NamedComparison['costOfSuccess']) {
  return (
    <section className={css.block}>
      <h2>Cost of a success</h2>
      <dl className={css.facts}>
        {[['Baseline', baseline] as const, ['Treatment', treatment] as const].map(([title, side]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>
              <b>
                {side.costUsd === null ? (side.runs > 0 ? 'no success' : 'unknown') : money(side.costUsd)}
              </b>
              {side.runs > 0 && (
                <span>
                  {' '}
                  {money(side.totalUsd)} over {side.successes} of {side.runs}
                  {side.withoutCost > 0 && `, ${side.withoutCost} without a cost`}
                </span>
              )}
            </dd>
          </div>
        ))}
        {ratio !== null && (
          <div>
            <dt>Change</dt>
            <dd>
              <b>{times(ratio)}</b>
              {interval && <span> 95% interval {range(times(interval.lower), times(interval.upper))}</span>}
            </dd>
          </div>
        )}
      </dl>
      <p className={css.legend}>All that was paid over the successes, failures included.</p>
    </section>
  );
}

function Flakiness({ repeats }: { repeats: NamedComparison['repeats'] }) {
  const { baseline, treatment, discordance } = repeats;
  return (
    <section className={css.block}>
      <h2>Flaky tasks</h2>
      <dl className={css.facts}>
        {[['Baseline', baseline] as const, ['Treatment', treatment] as const].map(([title, side]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>
              <b>
                {side.flaky} of {side.repeated}
              </b>
              <span> trials of a task differ in {share(side.expectedDiscordance)}</span>
            </dd>
          </div>
        ))}
        {discordance !== null && (
          <div>
            <dt>Across</dt>
            <dd>
              <b>{share(discordance)}</b>
              <span> trials of the two sides differ</span>
            </dd>
          </div>
        )}
      </dl>
      <p className={css.legend}>
        Where the two sides differ no more than trials of one side do, what differs is noise.
      </p>
    </section>
  );
}

function PassAtK({ repeats }: { repeats: NamedComparison['repeats'] }) {
  return (
    <section className={css.block}>
      <h2>pass@k and pass^k</h2>
      <div className={css.scroll}>
        <table className={`${css.table} ${css.small}`}>
          <caption className="visually-hidden">
            The chance that one of k trials succeeds, and that all of them do
          </caption>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                k
              </th>
              <th scope="colgroup" colSpan={2}>
                pass@k
              </th>
              <th scope="colgroup" colSpan={2}>
                pass^k
              </th>
              <th scope="colgroup" colSpan={2}>
                Tasks
              </th>
            </tr>
            <tr>
              {['pass@k', 'pass^k', 'tasks'].flatMap((of) =>
                ['baseline', 'treatment'].map((side) => (
                  <th key={`${of} ${side}`} scope="col">
                    {side}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {repeats.passAtK.map(({ k, baseline, treatment }) => (
              <tr key={k}>
                <th scope="row">{k}</th>
                <td>{share(baseline?.passAtK)}</td>
                <td>{share(treatment?.passAtK)}</td>
                <td>{share(baseline?.passHatK)}</td>
                <td>{share(treatment?.passHatK)}</td>
                <td>{baseline?.tasks ?? 0}</td>
                <td>{treatment?.tasks ?? 0}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={css.legend}>
        The chance that one of k trials succeeds, and that all do. Tasks with fewer trials are left out.
      </p>
    </section>
  );
}
