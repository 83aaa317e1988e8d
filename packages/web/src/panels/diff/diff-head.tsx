import { plainLine } from '@tacho/trace/model/plain-text';
import type { RunSummary } from '@tacho/trace/model/summary';
import { ArrowDownUp, CircleAlert, Equal, TrendingDown, TrendingUp } from 'lucide-react';
import type { Placed, TreeDiff } from '../../api/client.ts';
import type { Answer } from '../../state/answer.ts';
import { serverNowUs } from '../../state/clock.ts';
import { go } from '../../state/location.ts';
import type { DiffPlace, DiffSide } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { figure } from '../../ui/format.ts';
import { Link } from '../shell/link.tsx';
import { StartTime } from '../start-time.tsx';
import { StatusWord } from '../status.tsx';
import css from './diff.module.css';
import { type Tone, totalsOf } from './totals.ts';

const OTHER: Record<DiffSide, DiffSide> = { left: 'right', right: 'left' };

/** The runs of both sides; undefined where none is named. */
export type SideRuns = { [Side in DiffSide]: Answer<Placed<RunSummary>> | undefined };

/** Both runs, and what they came to. */
export function DiffHead({
  place,
  runs,
  diff,
  choosing,
  onAgain,
}: {
  place: DiffPlace;
  runs: SideRuns;
  diff: TreeDiff | undefined;
  choosing: DiffSide | undefined;
  onAgain: () => void;
}) {
  const summaries = { left: runs.left?.value?.value, right: runs.right?.value?.value };
  const going = (['left', 'right'] as const).filter((side) => summaries[side]?.status === 'running');
  return (
    <header className={css.head}>
      <div className={css.sides}>
        {(['left', 'right'] as const).map((side) => (
          <SideCard key={side} side={side} place={place} runs={runs} choosing={choosing === side} />
        ))}
        {(place.left ?? place.right) !== undefined && (
          <Button look="quiet" className={css.swap ?? ''} onClick={() => go(swapped(place))}>
            <ArrowDownUp size={14} aria-hidden="true" /> Swap sides
          </Button>
        )}
        {going.length > 0 && choosing === undefined && (
          <p className={css.going} role="status">
            {going.length === 2 ? 'Both runs still go on' : `The ${going[0]} run still goes on`}: this is what
            was there when the page asked. <Button onClick={onAgain}>Ask again</Button>
          </p>
        )}
      </div>
      {diff && choosing === undefined && <Totals diff={diff} left={summaries.left} right={summaries.right} />}
    </header>
  );
}

/** The same place with its sides the other way round. */
export function swapped({ left, right, step, ...rest }: DiffPlace): DiffPlace {
  return {
    ...rest,
    ...(right !== undefined && { left: right }),
    ...(left !== undefined && { right: left }),
    ...(step && { step: { ...step, side: OTHER[step.side] } }),
  };
}

function SideCard({
  side,
  place,
  runs,
  choosing,
}: {
  side: DiffSide;
  place: DiffPlace;
  runs: SideRuns;
  choosing: boolean;
}) {
  const runId = place[side];
  const answer = runs[side];
  const summary = answer?.value?.value;
  const { [side]: _, step: __, find: ___, ...without } = place;
  return (
    <section
      className={css.side}
      data-side={side}
      data-choosing={choosing || undefined}
      aria-label={`The ${side} run`}
    >
      <span className={css.sideName}>
        <i className={css.sign} data-mark={side === 'left' ? 'removed' : 'added'} aria-hidden="true">
          {side === 'left' ? '−' : '+'}
        </i>
        {side === 'left' ? 'Left' : 'Right'}
      </span>
      {runId === undefined ? (
        <span className={css.sideRun}>
          <span className={css.mute}>{choosing ? 'Choose a run below' : 'No run yet'}</span>
        </span>
      ) : summary === undefined ? (
        <span className={css.sideRun}>
          <code className={css.runName}>{plainLine(runId)}</code>
          <span className={css.mute}>
            {answer?.phase === 'failed' && <CircleAlert size={13} className={css.bad} aria-hidden="true" />}{' '}
            {answer?.failure === undefined
              ? '…'
              : answer.failure.status === 404
                ? 'There is no such run. It may have been deleted, or recorded into another store.'
                : answer.failure.message}
          </span>
        </span>
      ) : (
        <span className={css.sideRun}>
          <Link className={css.runName} to={{ page: 'run', runId, tab: 'timeline' }} title={titleOf(summary)}>
            {plainLine(summary.name) || runId}
          </Link>
          <span className={css.facts}>
            <StatusWord status={summary.status} />
            {summary.score !== undefined && <span>score {figure(summary.score)}</span>}
            <StartTime run={summary} nowUs={serverNowUs()} />
            {summary.agent && <span className={css.agent}>{plainLine(summary.agent)}</span>}
            {summary.name !== runId && <code className={css.runId}>{plainLine(runId)}</code>}
          </span>
        </span>
      )}
      {runId !== undefined && (
        <Link className={css.change} to={without} aria-label={`Choose another run for the ${side} side`}>
          change
        </Link>
      )}
    </section>
  );
}

function titleOf({ name, task, runId }: RunSummary): string {
  return [name, task, runId].filter(Boolean).join('\n');
}

const TONES: Record<Tone, { icon: typeof Equal; word: string }> = {
  better: { icon: TrendingUp, word: 'better' },
  worse: { icon: TrendingDown, word: 'worse' },
  neutral: { icon: Equal, word: '' },
};

function Totals({
  diff,
  left,
  right,
}: {
  diff: TreeDiff;
  left: RunSummary | undefined;
  right: RunSummary | undefined;
}) {
  return (
    <table className={css.totals}>
      <caption className="visually-hidden">What the two runs came to, and right minus left</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">left</th>
          <th scope="col">right</th>
          <th scope="col">difference</th>
          <th scope="col" className={css.verdict}>
            the right run
          </th>
        </tr>
      </thead>
      <tbody>
        {totalsOf(diff, left, right).map((row) => {
          const tone = TONES[row.tone];
          return (
            <tr key={row.name} data-tone={row.tone}>
              <th scope="row">{row.name}</th>
              <td>{row.left}</td>
              <td>{row.right}</td>
              <td className={css.difference}>{row.difference}</td>
              <td className={css.verdict}>
                {row.tone !== 'neutral' && <tone.icon size={13} aria-hidden="true" />}
                {row.word}
                {tone.word !== '' && <span className="visually-hidden">, {tone.word}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
