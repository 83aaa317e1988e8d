import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { ReactNode } from 'react';
import { compact, counted, figure, grouped, money, NONE } from '../../ui/format.ts';
import css from './analytics.module.css';
import { costText, intervalText, rateText, secondsText } from './figure-text.ts';
import { errorsOf } from './group-columns.tsx';
import { RateBar } from './rate-bar.tsx';
import { errorRows } from './task-rows.ts';

/** All runs together, in a row of figures. */
export function OverallFigures({ report }: { report: RunsReport }) {
  const { overall, from, to, judged_by } = report;
  const { outcomes, total } = overall;
  const judged = outcomes.success + outcomes.failure;
  const errors = errorsOf(overall);
  const [worst] = errorRows(overall);
  return (
    <dl className={css.figures}>
      <Figure name="Runs" value={grouped(total)}>
        {[
          from !== null && to !== null ? daysText(from, to) : undefined,
          outcomes.running > 0 ? `${grouped(outcomes.running)} at work` : undefined,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Figure>
      <Figure
        name={judged_by === 'score' ? 'Success rate' : 'Ended well'}
        value={rateText(overall.judged_success_rate)}
        bar={
          overall.judged_success_rate === null ? undefined : (
            <RateBar percent={overall.judged_success_rate} interval={overall.judged_success_interval} />
          )
        }
      >
        {judged === 0 ? (
          'nobody judged them'
        ) : (
          <>
            {grouped(outcomes.success)} of {grouped(judged)} judged
            {overall.judged_success_interval !== null && (
              <span className={css.figureNote}>95 %: {intervalText(overall.judged_success_interval)}</span>
            )}
          </>
        )}
      </Figure>
      <Figure name="Median time" value={secondsText(overall.median_duration_sec)}>
        {overall.p95_duration_sec !== null && <>95 % within {secondsText(overall.p95_duration_sec)}</>}
      </Figure>
      {overall.avg_reward !== null && (
        <Figure name="Mean score" value={figure(overall.avg_reward)}>
          best {figure(overall.max_reward)}
        </Figure>
      )}
      <Figure name="Tokens" value={compact(overall.total_tokens)}>
        {overall.runs_without_tokens > 0 && overall.total_tokens !== null && (
          <>{counted(overall.runs_without_tokens, 'run')} without</>
        )}
      </Figure>
      <Figure name="Cost" value={costText(overall)}>
        {overall.runs_without_cost > 0 && <>{counted(overall.runs_without_cost, 'run')} not known in full</>}
      </Figure>
      <Figure name="Cost of a success" value={money(overall.cost_per_success_usd)}>
        {overall.cost_per_success_usd !== null && 'failures included'}
      </Figure>
      <Figure name="Errors" value={grouped(errors)} bad={errors > 0}>
        {worst && <span title={plainLine(worst.type)}>mostly {plainLine(worst.type)}</span>}
      </Figure>
    </dl>
  );
}

function Figure({
  name,
  value,
  bar,
  bad = false,
  children,
}: {
  name: string;
  value: string;
  bar?: ReactNode;
  bad?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className={css.figure}>
      <dt>{name}</dt>
      <dd>
        <b data-bad={(bad && value !== NONE) || undefined}>{value}</b>
        {bar && <span className={css.figureBar}>{bar}</span>}
        <span className={css.figureNote}>{children}</span>
      </dd>
    </div>
  );
}

/** The days of the first and the last run, in UTC as the steps of time are. A line does not break in one (word joiners). */
function daysText(from: string, to: string): string {
  const day = (iso: string): string => iso.slice(0, 10).replaceAll('-', '-\u2060');
  const [first, last] = [day(from), day(to)];
  return first === last ? first : `${first} to ${last}`;
}
