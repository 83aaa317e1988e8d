import type { AgentInfo } from '../analysis/agents.ts';
import { emptyPart, type Part, type StagePart, stageUseIn } from '../analysis/breakdown.ts';
import type { Digest } from '../analysis/digest.ts';
import type { StageInfo } from '../analysis/stages.ts';
import { bytes, compact, counted, duration, grouped, moneyAtLeast } from '../model/figures.ts';
import { cpuOf, peakMemoryOf } from '../model/stage-use.ts';
import { allInputTokens } from '../model/usage.ts';
import type { Tone } from './digest-facts.ts';
import {
  type Cell,
  type Column,
  costOf,
  type DigestTable,
  foreign,
  named,
  tableOf,
  unless0,
} from './digest-table.ts';

const errorsOf = ({ errors }: Part): Cell => ({ text: unless0(errors), tone: 'error' });

/** Each part's share of the cost or, where nothing has a price, of the tokens. */
function shareBy(parts: readonly Part[]): (part: Part) => number {
  const cost = parts.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
  const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  if (cost > 0) return ({ costUsd }) => (costUsd ?? 0) / cost;
  return (part) => (tokens > 0 ? part.tokens / tokens : 0);
}

function usedColumns(share: (part: Part) => number): Column<Part>[] {
  return [
    { title: 'calls', figure: true, of: ({ calls }) => unless0(calls) },
    { title: 'tools', figure: true, of: ({ toolCalls }) => unless0(toolCalls) },
    { title: 'errors', figure: true, of: errorsOf },
    { title: 'tokens', figure: true, of: ({ tokens }) => unless0(tokens) },
    { title: 'cost', figure: true, of: (part) => ({ text: costOf(part), share: share(part) }) },
  ];
}

function isOutermost(part: Part | StagePart): boolean {
  return !('depth' in part) || part.depth === 0;
}

function restOf(left: readonly Part[]): string {
  // What lies in others is in their figures.
  const outer = left.filter(isOutermost);
  const sum = (of: (part: Part) => number): number => outer.reduce((total, part) => total + of(part), 0);
  const unpriced = sum((part) => part.unpriced);
  const known = outer.some(({ costUsd }) => costUsd !== null);
  const cost = moneyAtLeast(known ? sum(({ costUsd }) => costUsd ?? 0) : null, unpriced);
  return `and ${grouped(left.length)} more: ${compact(sum(({ tokens }) => tokens))} tokens, cost ${cost}`;
}

const STAGE_WORDS: Record<StageInfo['status'], [string, Tone]> = {
  planned: ['planned', 'mute'],
  running: ['running', 'warn'],
  done: ['done', 'ok'],
  error: ['failed', 'error'],
  cancelled: ['cancelled', 'mute'],
};

export function stageTable({ breakdown, report }: Digest, most: number): DigestTable | undefined {
  const infos = new Map(report.stages.map((stage) => [stage.no, stage]));
  const planned = report.stages.filter(({ no }) => no < 0).map(plannedPart);
  const outside = breakdown.stages.filter(({ no }) => no === undefined);
  const stages = breakdown.stages.filter(({ no }) => no !== undefined);
  const infoOf = ({ no }: Part): StageInfo | undefined => (no === undefined ? undefined : infos.get(no));
  const tone = (part: Part | StagePart): Cell => {
    const status = part.no === PLANNED ? 'planned' : 'status' in part ? part.status : undefined;
    if (status === undefined) return { text: '' };
    return { text: STAGE_WORDS[status][0], tone: STAGE_WORDS[status][1] };
  };
  return tableOf<Part | StagePart>(
    'stages',
    'Stages',
    [...stages, ...planned, ...outside],
    [
      { title: 'stage', of: stageName },
      { title: 'status', of: tone },
      { title: 'time', figure: true, of: timeOf },
      { title: 'work', figure: true, of: workOf },
      { title: 'CPU', figure: true, of: (part) => unlessUnknown(cpuOf(stageUseIn(part)), duration) },
      {
        title: 'peak memory',
        figure: true,
        of: (part) => unlessUnknown(peakMemoryOf(stageUseIn(part)), bytes),
      },
      { title: 'agents', figure: true, of: (part) => agentCount(infoOf(part)) },
      ...usedColumns(shareBy(breakdown.stages.filter(isOutermost))),
    ],
    { most, rest: restOf, note: 'Time is from start to end, work the sum of what ran in it.' },
  );
}

const PLANNED = -1;

function unlessUnknown(value: number | null, text: (value: number) => string): string {
  return value === null ? '' : text(value);
}

function plannedPart({ name, tokens, toolCalls, costUsd, unpriced }: StageInfo): Part {
  return { ...emptyPart(name), no: PLANNED, tokens, toolCalls, costUsd, unpriced };
}

/** What belongs to no stage or agent is named by ourselves. */
function nameOf(part: Part): Cell {
  return part.no === undefined ? { text: part.name, tone: 'mute' } : named(part);
}

/** A stage inside another one says so: tables of Markdown have no indent. */
function stageName(part: Part | StagePart): Cell {
  const cell = nameOf(part);
  return 'depth' in part && part.depth > 0
    ? { ...cell, text: `${'› '.repeat(part.depth)}${cell.text}` }
    : cell;
}

function timeOf({ no, totalUs }: Part): string {
  return no === undefined || no === PLANNED ? '' : duration(totalUs);
}

function workOf({ no, selfUs }: Part): string {
  return no === PLANNED ? '' : duration(selfUs);
}

function agentCount(stage: StageInfo | undefined): string {
  if (stage === undefined) return '';
  const { total, expected } = stage.agents;
  return expected === undefined ? unless0(total) : `${total} of ${expected}`;
}

const AGENT_TONES: Record<AgentInfo['status'], Tone> = {
  queued: 'mute',
  running: 'warn',
  done: 'ok',
  error: 'error',
  stalled: 'warn',
  cancelled: 'warn',
};

export function agentTable({ breakdown, report }: Digest, most: number): DigestTable | undefined {
  const infos = new Map(report.agents.map((agent) => [agent.no, agent]));
  const infoOf = ({ no }: Part): AgentInfo | undefined => (no === undefined ? undefined : infos.get(no));
  const status = (part: Part): Cell => {
    const info = infoOf(part);
    if (info === undefined) return { text: '' };
    const text = info.torn ? 'torn off' : info.status === 'error' ? 'failed' : info.status;
    return { text, tone: AGENT_TONES[info.status] };
  };
  return tableOf<Part>(
    'agents',
    'Agents',
    breakdown.agents,
    [
      {
        title: 'agent',
        of: (part) => ({ ...nameOf(part), ...(part.no !== undefined && { kind: 'agent' }) }),
      },
      { title: 'status', of: status },
      { title: 'model', of: (part) => ({ ...foreign(infoOf(part)?.model ?? ''), tone: 'mute' }) },
      { title: 'time', figure: true, of: timeOf },
      { title: 'work', figure: true, of: workOf },
      ...usedColumns(shareBy(breakdown.agents)),
    ],
    {
      most,
      rest: restOf,
      note: 'The dearest first. Each agent’s own work: agents below it stand for themselves.',
    },
  );
}

export function modelTable({ breakdown, report }: Digest, most: number): DigestTable | undefined {
  const usages = new Map(report.models.map(({ model, usage }) => [model, usage]));
  const share = shareBy(breakdown.models);
  return tableOf<Part>(
    'models',
    'Models',
    breakdown.models,
    [
      { title: 'model', of: (part) => ({ ...named(part), kind: 'llm' }) },
      { title: 'calls', figure: true, of: ({ calls }) => unless0(calls) },
      { title: 'errors', figure: true, of: errorsOf },
      { title: 'time', figure: true, of: ({ calls, totalUs }) => (calls === 0 ? '' : duration(totalUs)) },
      { title: 'self', figure: true, of: ({ calls, selfUs }) => (calls === 0 ? '' : duration(selfUs)) },
      {
        title: 'read',
        figure: true,
        of: ({ name }) => (usages.has(name) ? unless0(allInputTokens(usages.get(name)!)) : ''),
      },
      {
        title: 'written',
        figure: true,
        of: ({ name }) => {
          const usage = usages.get(name);
          return usage === undefined ? '' : unless0(usage.outputTokens + usage.reasoningTokens);
        },
      },
      { title: 'tokens', figure: true, of: ({ tokens }) => unless0(tokens) },
      { title: 'cost', figure: true, of: (part) => ({ text: costOf(part), share: share(part) }) },
    ],
    { most, rest: restOf },
  );
}

export function toolTable({ breakdown, report }: Digest, most: number): DigestTable | undefined {
  const profiles = new Map(report.tools.map((tool) => [tool.name, tool]));
  const wholeUs = breakdown.tools.reduce((sum, { totalUs }) => sum + totalUs, 0);
  return tableOf<Part>(
    'tools',
    'Tools',
    breakdown.tools,
    [
      { title: 'tool', of: (part) => ({ ...named(part), kind: 'tool' }) },
      { title: 'calls', figure: true, of: ({ calls }) => compact(calls) },
      { title: 'errors', figure: true, of: errorsOf },
      {
        title: 'time',
        figure: true,
        of: ({ totalUs }) => ({ text: duration(totalUs), share: wholeUs > 0 ? totalUs / wholeUs : 0 }),
      },
      { title: 'self', figure: true, of: ({ selfUs }) => duration(selfUs) },
      { title: 'median', figure: true, of: ({ name }) => duration(profiles.get(name)?.p50Us) },
      { title: 'p95', figure: true, of: ({ name }) => duration(profiles.get(name)?.p95Us) },
      { title: 'tokens', figure: true, of: ({ tokens }) => unless0(tokens) },
      { title: 'cost', figure: true, of: (part) => costOf(part) },
    ],
    {
      most,
      rest: (left) => `and ${counted(left.length, 'more tool')}`,
      note: 'Tokens and cost are those of calls that a tool made itself, agents excepted.',
    },
  );
}
