import type { RunSummary } from '@tacho/trace/model/summary';
import { TOKEN_BUCKETS, type Usage } from '@tacho/trace/model/usage';
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { serverNowUs, useNow } from '../../state/clock.ts';
import { refineRun } from '../../state/location.ts';
import {
  clock,
  compact,
  counted,
  duration,
  figure,
  grouped,
  moneyAtLeast,
  multiple,
  percent,
} from '../../ui/format.ts';
import { Tip } from '../../ui/tooltip.tsx';
import { Link } from '../shell/link.tsx';
import { StartTime } from '../start-time.tsx';
import { StatusWord } from '../status.tsx';
import type { Analyses } from './analyses.ts';
import { BurnChart, burnOf } from './burn-chart.tsx';
import { QualityBadge } from './quality-badge.tsx';
import css from './run.module.css';
import { RunMenu } from './run-menu.tsx';

export const BUCKET_NAMES: Record<(typeof TOKEN_BUCKETS)[number], string> = {
  inputTokens: 'input',
  cacheReadTokens: 'cache read',
  cacheWriteTokens: 'cache write, 5 min',
  cacheWrite1hTokens: 'cache write, 1 h',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
  otherTokens: 'kind not reported',
};

export function RunHeader({ analyses, summary }: { analyses: Analyses; summary: RunSummary }) {
  return (
    <header className={css.header}>
      <div className={css.identity}>
        <div className={css.titleLine}>
          <h1 title={summary.name}>{summary.name}</h1>
          <StatusWord status={summary.status} />
          <QualityBadge notes={summary.notes} />
          <RunMenu summary={summary} icon={<Ellipsis size={16} />} />
        </div>
        <SubLine summary={summary} />
        {summary.error && (
          <p className={css.runError} title={summary.error.message}>
            {summary.error.type && <b>{summary.error.type}: </b>}
            {summary.error.message}
          </p>
        )}
        <Stats analyses={analyses} summary={summary} />
      </div>
      <BurnChart analyses={analyses} />
    </header>
  );
}

function SubLine({ summary }: { summary: RunSummary }) {
  const { labels } = summary;
  const repository = labels.source_repo?.replace(/^https?:\/\/(www\.)?github\.com\//, '');
  const commit = (labels.source_commit ?? labels.commit)?.slice(0, 7);
  const parts: [string, ReactNode][] = [];
  if (summary.runId !== summary.name)
    parts.push([
      'id',
      <span key="id" className={css.mono}>
        {summary.runId}
      </span>,
    ]);
  // One session, one run: then its id says nothing new.
  if (summary.sessionId && summary.sessionId !== summary.runId)
    parts.push([
      'session',
      <span key="session">
        session{' '}
        <Link to={{ page: 'runs', filters: { session: summary.sessionId } }}>{summary.sessionId}</Link>
      </span>,
    ]);
  if (summary.project)
    parts.push([
      'project',
      <Link key="project" to={{ page: 'runs', filters: { project: summary.project } }}>
        {summary.project}
      </Link>,
    ]);
  if (repository) parts.push(['repository', commit ? `${repository} @ ${commit}` : repository]);
  if (summary.models.length > 0)
    parts.push([
      'models',
      summary.models.slice(0, 2).join(', ') +
        (summary.models.length > 2 ? ` +${summary.models.length - 2}` : ''),
    ]);
  parts.push(['start', <StartTime key="start" run={summary} nowUs={serverNowUs()} />]);
  return (
    <div className={css.sub}>
      {parts.map(([key, part]) => (
        <span key={key} className={css.subPart}>
          {part}
        </span>
      ))}
    </div>
  );
}

/** A figure of the run. With an explanation it can be focused, so that the keyboard reaches it too. */
function Stat({
  name,
  value,
  note,
  tone,
  explain,
  onClick,
  minPx,
  className = '',
}: {
  name: string;
  value: ReactNode;
  note?: ReactNode;
  tone?: 'error' | 'warn' | undefined;
  explain?: ReactNode;
  onClick?: () => void;
  minPx?: number;
  className?: string | undefined;
}) {
  const body = (
    <>
      <span className={css.statName}>{name}</span>
      <span className={css.statLine}>
        <strong className={tone && css[tone]}>{value}</strong>
        {note && <em>{note}</em>}
      </span>
    </>
  );
  const style = minPx === undefined ? undefined : { minWidth: minPx };
  const element = onClick ? (
    <button type="button" className={`${css.stat} ${className}`} onClick={onClick} style={style}>
      {body}
    </button>
  ) : (
    <div className={`${css.stat} ${className}`} style={style} {...(explain !== undefined && { tabIndex: 0 })}>
      {body}
    </div>
  );
  return explain === undefined ? element : <Tip text={explain}>{element}</Tip>;
}

function Stats({ analyses, summary }: { analyses: Analyses; summary: RunSummary }) {
  const running = summary.status === 'running';
  const nowUs = useNow(running);
  const { agents, problems, stages } = analyses;
  const count = (status: string): number => agents.filter((agent) => agent.status === status).length;
  const active = count('running') + count('stalled');
  // Agents that the plan announces and that have not started.
  const queued =
    count('queued') +
    (running
      ? stages.reduce((sum, stage) => sum + Math.max(0, (stage.agents.expected ?? 0) - stage.agents.total), 0)
      : 0);
  const failed = count('error');
  const torn = agents.filter((agent) => agent.torn).length;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const stalls = problems.filter((problem) => problem.kind === 'stall').length;
  const warnings = problems.filter((problem) => problem.severity === 'warning').length - stalls;
  const found = [
    errors > 0 && counted(errors, 'error'),
    stalls > 0 && counted(stalls, 'stall'),
    warnings > 0 && counted(warnings, 'warning'),
  ].filter((words) => words !== false);
  const elapsedUs = running ? Math.max(0, nowUs - summary.startUs) : summary.durationUs;
  return (
    <div className={css.stats}>
      <Stat
        name={running ? 'elapsed' : 'duration'}
        value={running ? clock(elapsedUs) : duration(elapsedUs)}
        minPx={64}
      />
      {agents.length > 0 && (
        <Stat
          name="agents"
          value={running ? active : agents.length}
          note={[
            running && `active · ${count('done')} done`,
            failed > 0 && `${failed} failed`,
            torn > 0 && `${torn} torn off`,
            queued > 0 && `${queued} queued`,
          ]
            .filter(Boolean)
            .join(' · ')}
          explain={`${counted(agents.length, 'agent')} so far: ${active} active, ${count('done')} done, ${failed} failed, ${count('cancelled') - torn} cancelled, ${torn} torn off`}
          onClick={() => refineRun({ tab: 'agents' }, 'push')}
          minPx={running ? 196 : 0}
        />
      )}
      <Stat
        name="tokens"
        minPx={running ? 138 : 0}
        value={compact(summary.tokens)}
        note={cachedNote(summary.usage)}
        explain={summary.usage && <Buckets usage={summary.usage} />}
      />
      <Stat
        name="cost"
        minPx={running ? (summary.unpricedCalls ? 168 : 84) : 0}
        value={moneyAtLeast(summary.costUsd, summary.unpricedCalls)}
        note={summary.unpricedCalls ? `${counted(summary.unpricedCalls, 'call')} unpriced` : undefined}
        explain={
          summary.unpricedCalls
            ? `${counted(summary.unpricedCalls, 'call')} of ${summary.llmCalls} have no known price: the sum is a lower bound.`
            : 'Tokens that count, times the price of their model.'
        }
      />
      {summary.score !== undefined && (
        <Stat
          name="score"
          value={figure(summary.score)}
          note={summary.rounds > 1 ? counted(summary.rounds, 'round') : undefined}
        />
      )}
      {summary.leverage && (
        <Stat
          name="leverage"
          value={figure(summary.leverage.value)}
          note={summary.leverage.kind === 'tac' ? 'by TAC hours' : 'by proxy'}
          explain={
            summary.leverage.kind === 'tac'
              ? 'Time an expert would need, times quality, for each second of run time and cost. Only comparable with other figures by TAC hours.'
              : 'Score times lines of output for each hour of run time. Only comparable with other figures by proxy.'
          }
        />
      )}
      <Stat
        name="parallelism"
        value={multiple(analyses.parallelism)}
        note="over serial"
        explain="How much longer the same work would have taken, one piece after another."
      />
      <Stat
        className={css.burnStat}
        name={running ? 'burn' : 'mean burn'}
        value={compact(burnOf(analyses))}
        note="tokens/min"
        explain={running ? 'Over the last 30 seconds, all agents together.' : 'Over the whole run.'}
      />
      <Stat
        name="problems"
        value={found[0] ?? 'none'}
        tone={errors > 0 ? 'error' : found.length > 0 ? 'warn' : undefined}
        note={found.slice(1).join(' · ')}
        onClick={() => refineRun({ tab: 'problems' }, 'push')}
      />
    </div>
  );
}

function cachedNote(usage: Usage | undefined): string | undefined {
  if (!usage) return undefined;
  const read = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  return read > 0 && usage.cacheReadTokens > 0
    ? `${percent(usage.cacheReadTokens / read)} cached`
    : undefined;
}

export function Buckets({ usage }: { usage: Usage }) {
  return (
    <table className={css.buckets}>
      <tbody>
        {TOKEN_BUCKETS.filter((bucket) => usage[bucket] > 0).map((bucket) => (
          <tr key={bucket}>
            <th scope="row">{BUCKET_NAMES[bucket]}</th>
            <td>{grouped(usage[bucket])}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">requests</th>
          <td>{grouped(usage.requests)}</td>
        </tr>
      </tbody>
    </table>
  );
}
