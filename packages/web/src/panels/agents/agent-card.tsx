import type { AgentInfo } from '@tacho/trace/analysis/agents';
import { refineRun } from '../../state/location.ts';
import { ago, clock, compact, duration, moneyAtLeast } from '../../ui/format.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StatusWord } from '../status.tsx';
import css from './agents.module.css';

const NONE = new Float64Array(2);

/** One agent: how it stands, what it used, when it last did something. */
export function AgentCard({
  agent,
  nowUs,
  activity,
  selected,
  runOver,
  runStartUs,
}: {
  agent: AgentInfo;
  nowUs: number;
  activity: Float64Array | undefined;
  selected: boolean;
  runOver: boolean;
  runStartUs: number;
}) {
  const open = agent.endUs === undefined;
  const elapsedUs = (agent.endUs ?? nowUs) - agent.startUs;
  const status = agent.torn ? 'torn' : agent.status;
  const words = [agent.role, agent.model].filter((word) => word !== '');
  return (
    <button
      type="button"
      className={css.card}
      data-status={agent.status}
      aria-pressed={selected}
      onClick={() => refineRun({ span: agent.no })}
    >
      <span className={css.head}>
        <b title={agent.name}>{agent.name}</b>
        <StatusWord status={status} />
      </span>
      <span className={css.words} title={words.join(' · ')}>
        {words.join(' · ') || 'agent'}
      </span>
      <span className={css.figures}>
        <Figure value={open && !runOver ? clock(elapsedUs) : duration(elapsedUs)} name="elapsed" />
        <Figure value={compact(agent.tokens)} name="tokens" />
        <Figure value={compact(agent.toolCalls)} name="tools" />
        <Figure
          value={agent.tokens === 0 && !agent.costUsd ? '–' : moneyAtLeast(agent.costUsd, agent.unpriced)}
          name="cost"
        />
      </span>
      <span className={css.foot}>
        <Sparkline
          values={activity ?? NONE}
          widthPx={120}
          heightPx={20}
          label="Its tokens over its time"
          color={agent.status === 'error' ? 'var(--error)' : 'var(--kind-agent)'}
        />
        <span className={css.last}>
          {agent.status === 'stalled' && agent.silentUs !== undefined ? (
            <span className={css.silent}>
              silent {duration(agent.silentUs)}
              {agent.usualUs !== undefined && <> · usual {duration(agent.usualUs)}</>}
            </span>
          ) : runOver ? (
            <>
              {clock(agent.startUs - runStartUs)} – {clock((agent.endUs ?? nowUs) - runStartUs)}
            </>
          ) : open ? (
            <>active {ago(agent.lastActivityUs, nowUs)}</>
          ) : (
            <>ended {ago(agent.endUs ?? nowUs, nowUs)}</>
          )}
        </span>
      </span>
    </button>
  );
}

function Figure({ value, name }: { value: string; name: string }) {
  return (
    <span className={css.figure}>
      <b>{value}</b>
      <span>{name}</span>
    </span>
  );
}
