import { kindCode, type SpanColumns, statusAt, textAt } from '../model/columns.ts';
import { asCount, asString, isObject } from '../model/json.ts';
import type { RunHeader } from '../model/run.ts';
import { isOpen } from './extent.ts';
import { type Judgement, judge } from './ledger.ts';
import { countBelow, groupsOf, owners } from './owners.ts';
import { tallyGroups } from './tally.ts';
import type { SpanTree } from './tree.ts';

const AGENT = kindCode('agent');
const LLM = kindCode('llm');
const STAGE = kindCode('stage');

/** A step of the run. Figures are of everything inside it, sub-agents included; stages do not overlap in what they count. */
export type StageInfo = {
  name: string;
  /** Span number; -1 while only planned. */
  no: number;
  /** `cancelled`: given up or skipped, which is no failure. */
  status: 'planned' | 'running' | 'done' | 'error' | 'cancelled';
  startUs?: number;
  endUs?: number;
  /** Agents that the stage itself started; agents below agents are not counted. `expected` comes from the plan. */
  agents: { expected?: number; total: number; running: number; done: number; failed: number };
  tokens: number;
  toolCalls: number;
  costUsd: number | null;
  /** Calls without a price. */
  unpriced: number;
};

/**
 * The stage that holds the whole run, with stages in it: a command that runs others, or a program around its steps. Calls
 * that name no stage lie beside it, under the run, and change nothing of that. Undefined where there is none.
 */
export function holdingStage(columns: SpanColumns, tree: SpanTree): number | undefined {
  let holding: number | undefined;
  for (let at = 0; at < columns.count; at = tree.end[at]!) {
    const no = tree.order[at]!;
    if (columns.kind[no] === LLM && tree.end[at] === at + 1) continue;
    if (holding !== undefined || columns.kind[no] !== STAGE) return undefined;
    holding = no;
  }
  if (holding === undefined) return undefined;
  const below = countBelow(columns, tree, (no) => columns.kind[no] === STAGE);
  return below[holding]! > 0 ? holding : undefined;
}

/** Numbers of the run's stages by start: the outermost ones, or those below a stage that holds the whole run. */
export function stageNumbers(columns: SpanColumns, tree: SpanTree): number[] {
  const holding = holdingStage(columns, tree);
  const stages: number[] = [];
  for (let at = 0; at < columns.count; ) {
    const no = tree.order[at]!;
    const taken = columns.kind[no] === STAGE && no !== holding;
    if (taken) stages.push(no);
    at = taken ? tree.end[at]! : at + 1;
  }
  return stages.sort((a, b) => columns.startUs[a]! - columns.startUs[b]! || a - b);
}

/** Levels of stages in stages that are told apart: what lies deeper belongs to the last of them. */
const MOST_LEVELS = 8;

/** Every stage of the run, as its levels: on each, the stages that lie in as many others. */
export function stageLevels(columns: SpanColumns, tree: SpanTree): number[][] {
  const levels: number[][] = [];
  // How many stages each span lies in, itself included.
  const depth = new Int32Array(columns.count);
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    const around = up < 0 ? 0 : depth[up]!;
    const isStage = columns.kind[no] === STAGE && around < MOST_LEVELS;
    depth[no] = isStage ? around + 1 : around;
    if (!isStage) continue;
    levels[around] ??= [];
    levels[around].push(no);
  }
  return levels;
}

/** The stage (of `stageNumbers`) every span belongs to, as a position in that list; -1 for none. */
export function stageGroups(columns: SpanColumns, tree: SpanTree, stages: readonly number[]): Int32Array {
  const heads = new Set(stages);
  return groupsOf(
    owners(columns, tree, (no) => columns.kind[no] === STAGE && heads.has(no)),
    stages,
  );
}

/** Stages by start, then those that are only planned. */
export function stagesOf(
  header: RunHeader,
  columns: SpanColumns,
  tree: SpanTree,
  _nowUs: number,
  judgement: Judgement = judge(columns, tree),
): StageInfo[] {
  const numbers = stageNumbers(columns, tree);
  const group = stageGroups(columns, tree, numbers);
  const tallies = tallyGroups(columns, tree, group, numbers.length, judgement);
  const plan = planOf(header);
  const over = header.status !== 'running';
  const stages = numbers.map((no, at): StageInfo => {
    const name = textAt(columns, 'name', no);
    const planned = plan.findIndex((step) => step.stage === name);
    const [step] = planned < 0 ? [] : plan.splice(planned, 1);
    return {
      name,
      no,
      status: stageStatus(columns, no, over),
      startUs: columns.startUs[no]!,
      ...(!isOpen(columns, no) && { endUs: columns.endUs[no]! }),
      agents: {
        ...(step?.agents !== undefined && { expected: step.agents }),
        total: 0,
        running: 0,
        done: 0,
        failed: 0,
      },
      ...tallies[at]!,
    };
  });
  countAgents(columns, tree, group, stages, over);
  for (const step of plan) {
    const agents = { total: 0, running: 0, done: 0, failed: 0 };
    stages.push({
      name: step.stage,
      no: -1,
      status: 'planned',
      agents: step.agents === undefined ? agents : { expected: step.agents, ...agents },
      tokens: 0,
      toolCalls: 0,
      costUsd: 0,
      unpriced: 0,
    });
  }
  return stages;
}

/** `over`: the run has ended, and so has whatever is still open in it. */
export function stageStatus(columns: SpanColumns, no: number, over: boolean): StageInfo['status'] {
  const status = statusAt(columns, no);
  if (status === 'error' || status === 'cancelled') return status;
  if (!isOpen(columns, no)) return 'done';
  // Torn off: the run ended before the stage did.
  return over ? 'error' : 'running';
}

function countAgents(
  columns: SpanColumns,
  tree: SpanTree,
  group: Int32Array,
  stages: readonly StageInfo[],
  over: boolean,
): void {
  for (let at = 0; at < columns.count; at++) {
    const no = tree.order[at]!;
    const stage = stages[group[no]!];
    if (stage === undefined || columns.kind[no] !== AGENT) continue;
    // Nothing below an agent counts here.
    at = tree.end[at]! - 1;
    const status = statusAt(columns, no);
    stage.agents.total++;
    if (status === 'error' || status === 'cancelled') stage.agents.failed++;
    else if (!isOpen(columns, no)) stage.agents.done++;
    else if (over) stage.agents.failed++;
    else stage.agents.running++;
  }
}

function planOf(header: RunHeader): { stage: string; agents?: number }[] {
  const { plan } = header.attributes;
  if (!Array.isArray(plan)) return [];
  return plan.flatMap((step) => {
    const stage = asString(isObject(step) ? (step.stage ?? step.name) : step);
    const agents = isObject(step) ? asCount(step.agents) : undefined;
    return stage === undefined ? [] : [agents === undefined ? { stage } : { stage, agents }];
  });
}

/**
 * How much of the run is done, 0 to 1: agents that came to an end among those expected. A stage that expects no number
 * of agents weighs as much as one agent. Undefined where no number is known.
 */
export function progressOf(stages: readonly StageInfo[]): number | undefined {
  if (!stages.some((stage) => stage.agents.expected !== undefined)) return undefined;
  let whole = 0;
  let done = 0;
  for (const { status, agents } of stages) {
    const weight = Math.max(1, agents.expected ?? 0, agents.total);
    const over = status !== 'planned' && status !== 'running';
    whole += weight;
    done += over ? weight : agents.done + agents.failed;
  }
  return done / whole;
}
