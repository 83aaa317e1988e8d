import type { AgentInfo, AgentStatus } from '@tacho/trace/analysis/agents';
import { Bot } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useNow } from '../../state/clock.ts';
import { refineRun } from '../../state/location.ts';
import { AGENT_FILTERS, type RunPlace } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Choices } from '../../ui/choices.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { Analyses } from '../run/analyses.ts';
import { type AnyStatus, StatusIcon, statusWord } from '../status.tsx';
import { agentActivity } from './agent-activity.ts';
import { AgentCard } from './agent-card.tsx';
import css from './agents.module.css';

/** Cards that are laid out at once; a run of thousands of agents shows the rest when asked. */
const PAGE = 240;
const SLICES = 40;

export function AgentsPanel({ place, analyses }: { place: RunPlace; analyses: Analyses }) {
  const { agents, columns, tree, judgement, header } = analyses;
  const [shown, setShown] = useState(PAGE);
  const running = header.status === 'running';
  const ticking = useNow(running);
  const nowUs = running ? Math.max(ticking, analyses.nowUs) : header.lastUs;
  const activity = useMemo(
    () => agentActivity(columns, tree, judgement, analyses.nowUs, SLICES),
    [columns, tree, judgement, analyses.nowUs],
  );
  const counts = new Map<AgentStatus, number>();
  for (const agent of agents) counts.set(agent.status, (counts.get(agent.status) ?? 0) + 1);
  const chosen = place.agents ? agents.filter((agent) => agent.status === place.agents) : agents;
  const groups = groupByStage(chosen.slice(0, shown));
  // Agents that were torn off count as cancelled; where there are no others, they are called what their cards call them.
  const onlyTorn = agents.every((agent) => agent.status !== 'cancelled' || agent.torn);
  const lookOf = (status: AgentStatus): AnyStatus => (status === 'cancelled' && onlyTorn ? 'torn' : status);
  if (agents.length === 0)
    return (
      <Notice title="No agents in this run" icon={<Bot size={28} />}>
        Spans of kind “agent” become cards here: what each does, what it used and how it went.
      </Notice>
    );
  return (
    <div className={css.panel}>
      <Choices label="Filter by status" look="pills" className={css.filters}>
        <Choice chosen={place.agents === undefined} onClick={() => refineRun({ agents: undefined })}>
          all <b>{agents.length}</b>
        </Choice>
        {AGENT_FILTERS.filter((status) => counts.has(status) || status === place.agents).map((status) => (
          <Choice
            key={status}
            chosen={place.agents === status}
            onClick={() => refineRun({ agents: place.agents === status ? undefined : status })}
          >
            <StatusIcon status={lookOf(status)} /> {statusWord(lookOf(status))}{' '}
            <b>{counts.get(status) ?? 0}</b>
          </Choice>
        ))}
      </Choices>
      <div className={css.scroller}>
        {chosen.length === 0 && <Notice title={`No agent is ${place.agents}`} />}
        {groups.map((group) => (
          <section key={group.stage} aria-label={group.stage || 'Agents'}>
            {group.stage && (
              <h2 className={css.stage}>
                {group.stage} <span>{group.agents.length}</span>
              </h2>
            )}
            <div className={css.cards}>
              {group.agents.map((agent) => (
                <AgentCard
                  key={agent.no}
                  agent={agent}
                  nowUs={nowUs}
                  activity={activity.get(agent.no)}
                  selected={place.span === agent.no}
                  runOver={!running}
                  runStartUs={header.startUs}
                />
              ))}
            </div>
          </section>
        ))}
        {chosen.length > shown && (
          <div className={css.rest}>
            <Button onClick={() => setShown(shown + PAGE)}>Show more ({chosen.length - shown} left)</Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Agents by stage, stages in the order in which they first appear. */
function groupByStage(agents: readonly AgentInfo[]): { stage: string; agents: AgentInfo[] }[] {
  const groups = new Map<string, AgentInfo[]>();
  for (const agent of agents) {
    const group = groups.get(agent.stage);
    if (group) group.push(agent);
    else groups.set(agent.stage, [agent]);
  }
  return [...groups].map(([stage, members]) => ({ stage, agents: members }));
}
