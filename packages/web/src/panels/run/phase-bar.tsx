import { progressOf, type StageInfo } from '@tacho/trace/analysis/stages';
import { useNow } from '../../state/clock.ts';
import { refineRun } from '../../state/location.ts';
import { clock, compact, counted, duration, moneyAtLeast, percent } from '../../ui/format.ts';
import { Tip } from '../../ui/tooltip.tsx';
import { StatusIcon, statusWord } from '../status.tsx';
import type { Analyses } from './analyses.ts';
import { type PhaseGroup, phaseGroups } from './phase-groups.ts';
import css from './run.module.css';

/** What a stage that has not started takes of the bar, as a share of the mean of those that have. */
const PLANNED_SHARE = 0.5;
/** No stage is narrower than this share of the bar: the shortest can still be pointed at. */
const LEAST_SHARE = 0.025;
/** Pieces of the bar: more of them would have no room, and ten thousand take seconds to draw. */
const MOST = 56;

const lengthOf = (stage: StageInfo, nowUs: number): number =>
  stage.startUs === undefined ? 0 : Math.max(0, (stage.endUs ?? nowUs) - stage.startUs);

/** Share of a stage that is done, by its agents; undefined where their number is unknown. */
function doneShare(stage: StageInfo): number | undefined {
  const { expected, done, failed } = stage.agents;
  if (stage.status === 'planned') return 0;
  if (stage.status !== 'running') return 1;
  return expected ? Math.min(1, (done + failed) / expected) : undefined;
}

/** The stages of the run as one bar: how long each took, how far the current one is, what is still to come. */
export function PhaseBar({ analyses }: { analyses: Analyses }) {
  const { stages, header } = analyses;
  const running = header.status === 'running';
  const ticking = useNow(running);
  const nowUs = running ? Math.max(ticking, analyses.nowUs) : header.lastUs;
  if (stages.length === 0) return null;
  const groups = phaseGroups(stages, MOST);
  const lengths = groups.map((group) => lengthOf(group, nowUs));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const started = Math.max(1, groups.filter((group) => group.status !== 'planned').length);
  const planned = (Math.max(total, 1) / started) * PLANNED_SHARE;
  const weights = groups.map((group, at) =>
    Math.max(group.status === 'planned' ? planned : lengths[at]!, Math.max(total, 1) * LEAST_SHARE),
  );
  const progress = progressOf(stages);
  return (
    <div className={css.phases}>
      <ol className={css.phaseBar} aria-label="Stages of the run">
        {groups.map((stage, at) => (
          <Segment
            // Two stages may share a name; planned ones have no number.
            key={stage.no >= 0 ? stage.no : `planned ${stage.name} ${at}`}
            stage={stage}
            weight={weights[at]!}
            lengthUs={lengths[at]!}
          />
        ))}
      </ol>
      {running && progress !== undefined && (
        <span className={css.progress} title="Agents that have ended, of those expected">
          {percent(progress)}
        </span>
      )}
    </div>
  );
}

function Segment({ stage, weight, lengthUs }: { stage: PhaseGroup; weight: number; lengthUs: number }) {
  const { agents } = stage;
  const of = agents.expected ?? agents.total;
  const ended = agents.done + agents.failed;
  const count =
    of === 0 ? undefined : stage.status === 'running' ? `${ended} of ${of}` : `${agents.total || of}`;
  const share = doneShare(stage);
  // The run ended before the stage did.
  const status = stage.status === 'error' && stage.endUs === undefined ? 'torn' : stage.status;
  const length = stage.status === 'running' ? clock(lengthUs) : duration(lengthUs);
  const inside =
    stage.stages === 1
      ? undefined
      : `${counted(stage.stages, 'stage')}${stage.failed > 0 ? `, ${stage.failed} failed` : ''}`;
  const words = [
    stage.name,
    count,
    stage.status === 'planned' ? undefined : length,
    agents.failed > 0 ? `${agents.failed} failed` : undefined,
    inside,
  ].filter((word) => word !== undefined);
  return (
    <li className={css.phase} data-status={status} style={{ flexGrow: weight }}>
      {share !== undefined && stage.status === 'running' && (
        <i className={css.phaseFill} style={{ width: `${share * 100}%` }} />
      )}
      <Tip
        text={
          <>
            <b>{stage.name}</b> · {statusWord(status)}
            {stage.status !== 'planned' && <> · {length}</>}
            <br />
            {inside !== undefined && <>{inside} · </>}
            {counted(agents.total, 'agent')}
            {agents.expected !== undefined && <> of {agents.expected} planned</>}: {agents.running} running,{' '}
            {agents.done} done, {agents.failed} failed
            <br />
            {compact(stage.tokens)} tokens · {counted(stage.toolCalls, 'tool call')} ·{' '}
            {moneyAtLeast(stage.costUsd, stage.unpriced)}
          </>
        }
      >
        <button
          type="button"
          className={css.phaseLabel}
          aria-label={words.join(', ')}
          onClick={() => stage.no >= 0 && refineRun({ span: stage.no })}
        >
          {status !== 'running' && <StatusIcon status={status} size={11} />}
          <span>{words.join(' · ')}</span>
        </button>
      </Tip>
    </li>
  );
}
