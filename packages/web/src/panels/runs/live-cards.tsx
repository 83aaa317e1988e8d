import { memo } from 'react';
import { useAtom } from '../../state/atom.ts';
import { useNow } from '../../state/clock.ts';
import { type LiveRun, liveRuns, rateOf } from '../../state/live-runs.ts';
import { clock, compact, counted } from '../../ui/format.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { Link } from '../shell/link.tsx';
import { StatusIcon, StatusWord } from '../status.tsx';
import css from './runs.module.css';

const SPARK_POINTS = 24;
const WINDOW_US = 30e6;

/** Tokens that arrived in each slice of the last half minute. */
function arrivals(run: LiveRun, nowUs: number): number[] {
  const slices = new Array<number>(SPARK_POINTS).fill(0);
  run.samples.forEach((sample, at) => {
    const before = run.samples[at - 1];
    if (!before) return;
    const slice = Math.floor(((sample.atUs - nowUs + WINDOW_US) / WINDOW_US) * SPARK_POINTS);
    if (slice >= 0 && slice < SPARK_POINTS)
      slices[slice] = slices[slice]! + Math.max(0, sample.tokens - before.tokens);
  });
  return slices;
}

/** Runs that are going on, each with what it does now. */
export function LiveCards() {
  const runs = useAtom(liveRuns);
  const nowUs = useNow(runs.length > 0);
  if (runs.length === 0) return null;
  return (
    <section className={css.live} aria-label="Live runs">
      <h2 className={css.liveTitle}>
        <i className={css.pulse} /> Live <span>{runs.filter((run) => run.endedUs === undefined).length}</span>
      </h2>
      <div className={css.cards}>
        {runs.map((run) => (
          <LiveCard key={run.summary.runId} run={run} nowUs={nowUs} />
        ))}
      </div>
    </section>
  );
}

const LiveCard = memo(function LiveCard({ run, nowUs }: { run: LiveRun; nowUs: number }) {
  const { summary } = run;
  const ended = run.endedUs !== undefined;
  const elapsedUs = ended ? summary.durationUs : Math.max(0, nowUs - summary.startUs);
  return (
    <Link className={css.card} to={{ page: 'run', runId: summary.runId, tab: 'timeline' }}>
      <span className={css.cardHead}>
        <StatusIcon status={summary.status} />
        <b className={css.cardName}>{summary.name}</b>
        <span className={css.elapsed}>{clock(elapsedUs)}</span>
      </span>
      <span className={css.cardStage}>
        {ended ? (
          <StatusWord status={summary.status} />
        ) : (
          (summary.stage ?? summary.agent ?? summary.models[0] ?? 'working')
        )}
        {summary.errors > 0 && <span className={css.errors}>{counted(summary.errors, 'error')}</span>}
      </span>
      <span className={css.cardFigures}>
        <span>
          <b>{summary.agents.running}</b> of {counted(summary.agents.total, 'agent')} active
        </span>
        <span className={css.rate}>
          <Sparkline
            values={arrivals(run, nowUs)}
            widthPx={56}
            heightPx={16}
            label="Tokens over the last half minute"
          />
          <span className={css.rateFigure}>
            <b>{compact(rateOf(run, nowUs))}</b> tok/min
          </span>
        </span>
      </span>
    </Link>
  );
});
