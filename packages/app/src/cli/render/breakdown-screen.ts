import { type Breakdown, type Part, type StagePart, stageUseIn } from '@tacho/trace/analysis/breakdown';
import { cpuOf, peakMemoryOf } from '@tacho/trace/model/stage-use';
import type { Usage } from '@tacho/trace/model/usage';
import type { Colours } from './colours.ts';
import { bytes, count, duration, money, share, short } from './figures.ts';
import { plainLine } from './plain.ts';
import { type Column, table } from './table.ts';

export const BREAKDOWNS = ['stage', 'agent', 'tool', 'model'] as const;
export type BreakdownBy = (typeof BREAKDOWNS)[number];

type Shown = Part | StagePart;

const LISTS: Record<BreakdownBy, (answer: Breakdown) => readonly Shown[]> = {
  stage: ({ stages }) => stages,
  agent: ({ agents }) => agents,
  tool: ({ tools }) => tools,
  model: ({ models }) => models,
};

/** A run in its parts, a table for each way to take it apart. */
export function breakdownScreen(
  answer: { runId: string } & Breakdown,
  chosen: readonly BreakdownBy[],
  screen: { columns: number; colours: Colours },
): string {
  const tables = chosen.flatMap((by) => {
    const parts = LISTS[by](answer);
    return parts.length === 0 ? [] : [table(parts, columnsOf(by, parts), screen)];
  });
  const head = `${screen.colours.bold(plainLine(answer.runId))}\n`;
  return tables.length === 0
    ? `${head}Nothing in this run can be taken apart.\n`
    : `${head}\n${tables.join('\n')}`;
}

/** What no part of the list has is left out. */
function columnsOf(by: BreakdownBy, parts: readonly Shown[]): Column<Shown>[] {
  // What lies in other stages is in their figures.
  const tokens = parts.reduce((sum, part) => sum + (depthOf(part) > 0 ? 0 : part.tokens), 0);
  const right = true;
  const columns: (Column<Shown> & { shown?: boolean })[] = [
    { title: by.toUpperCase(), of: ({ name }) => name, indent: (part) => 2 * depthOf(part), shrinksTo: 16 },
    { title: 'TIME', of: ({ totalUs }) => (totalUs > 0 ? duration(totalUs) : ''), right },
    { title: 'WORK', of: ({ selfUs }) => duration(selfUs), right },
    { title: 'RAN', of: ({ wallUs }) => duration(wallUs), right },
    {
      title: 'CPU',
      of: (part) => ofStage(part, cpuOf(stageUseIn(part)), duration),
      right,
      shown: parts.some((part) => cpuOf(stageUseIn(part)) !== null),
    },
    {
      title: 'PEAK MEMORY',
      of: (part) => ofStage(part, peakMemoryOf(stageUseIn(part)), bytes),
      right,
      shown: parts.some((part) => peakMemoryOf(stageUseIn(part)) !== null),
    },
    {
      title: 'IN LINE',
      of: ({ queuedUs }) => (queuedUs > 0 ? duration(queuedUs) : ''),
      right,
      shown: parts.some(({ queuedUs }) => queuedUs > 0),
    },
    {
      title: 'FIRST TOKEN',
      of: ({ firstToken }) => (firstToken ? duration(firstToken.p50Us) : ''),
      right,
      shown: parts.some(({ firstToken }) => firstToken !== null),
    },
    { title: 'CALLS', of: ({ calls }) => (calls > 0 ? count(calls) : ''), right },
    {
      title: 'TOOLS',
      of: ({ toolCalls }) => (toolCalls > 0 ? count(toolCalls) : ''),
      right,
      shown: by !== 'tool' && parts.some(({ toolCalls }) => toolCalls > 0),
    },
    {
      title: 'ERRORS',
      of: ({ errors }) => (errors > 0 ? count(errors) : ''),
      right,
      shown: parts.some(({ errors }) => errors > 0),
    },
    { title: 'TOKENS', of: (part) => (part.tokens > 0 ? short(part.tokens) : ''), right, shown: tokens > 0 },
    {
      title: 'SHARE',
      of: (part) => (part.tokens > 0 ? share(part.tokens / tokens) : ''),
      right,
      shown: by !== 'tool' && tokens > 0,
    },
    { title: 'IN', of: ({ usage }) => figure(inputOf(usage)), right, shown: tokens > 0 && by !== 'tool' },
    {
      title: 'CACHED',
      of: ({ usage }) => figure(usage.cacheReadTokens),
      right,
      shown: by !== 'tool' && parts.some(({ usage }) => usage.cacheReadTokens > 0),
    },
    {
      title: 'OUT',
      of: ({ usage }) => figure(usage.outputTokens + usage.reasoningTokens),
      right,
      shown: tokens > 0 && by !== 'tool',
    },
    {
      title: 'COST',
      of: ({ costUsd, unpriced, tokens: used }) =>
        used === 0 && costUsd === 0 ? '' : money(costUsd, unpriced),
      right,
      shown: by !== 'tool' || parts.some(({ costUsd }) => costUsd !== 0),
    },
  ];
  return columns.filter(({ shown = true }) => shown);
}

function depthOf(part: Shown): number {
  return 'depth' in part ? part.depth : 0;
}

/** What a stage does not say is not 0; what is outside of stages has nobody to say it. */
function ofStage({ no }: Part, value: number | null, text: (value: number) => string): string {
  if (no === undefined) return '';
  return value === null ? '–' : text(value);
}

function inputOf(usage: Usage): number {
  return usage.inputTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens;
}

function figure(value: number): string {
  return value > 0 ? short(value) : '';
}
