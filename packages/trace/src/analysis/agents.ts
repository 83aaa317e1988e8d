import { kindCode, type SpanColumns, statusAt, textAt } from '../model/columns.ts';
import type { RunStatus } from '../model/run.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { isOpen } from './extent.ts';
import { type Judgement, judge } from './ledger.ts';
import { agentOwners, countBelow, groupsOf, lastActivity, owners } from './owners.ts';
import { type Stall, stallsOf } from './stalls.ts';
import { tallyGroups } from './tally.ts';
import type { SpanTree } from './tree.ts';

const AGENT = kindCode('agent');
const STAGE = kindCode('stage');

export type AgentStatus = 'queued' | 'running' | 'done' | 'error' | 'stalled' | 'cancelled';

/** One agent. Tokens, cost and tool calls are its own work: what agents below it did stands with them, so that agents add up. */
export type AgentInfo = {
  /** Span number. */
  no: number;
  name: string;
  role: string;
  status: AgentStatus;
  /** Never ended, in a run that is over: status is `cancelled`. */
  torn?: boolean;
  startUs: number;
  endUs?: number;
  tokens: number;
  toolCalls: number;
  /** Null: unknown. */
  costUsd: number | null;
  /** Calls without a price: while not 0, the cost is a lower bound. */
  unpriced: number;
  lastActivityUs: number;
  /** Its own, or the one that used most tokens in it. */
  model: string;
  /** Name of the stage it belongs to, '' for none. */
  stage: string;
  /** Why it failed: the first line of its error. */
  error?: string;
  /** Only of a stalled agent: how long it has been silent, and what is usual here. */
  silentUs?: number;
  usualUs?: number;
};

export type AgentOptions = {
  /** Of a run that is over, open agents are torn off instead of running. */
  runStatus?: RunStatus;
  judgement?: Judgement;
  /** How long calls took in earlier runs: what a silence is compared with where this run knows nothing comparable. */
  history?: readonly UsualTime[];
};

/** The agents of a run by start. For a run that is over pass its `lastUs` as now, and its status. */
export function agentsOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  options: AgentOptions = {},
): AgentInfo[] {
  const { runStatus = 'running', judgement = judge(columns, tree), history } = options;
  const numbers = agentNumbers(columns, tree);
  const group = groupsOf(agentOwners(columns, tree), numbers);
  const tallies = tallyGroups(columns, tree, group, numbers.length, judgement);
  const models = modelsByGroup(columns, judgement, group, numbers.length);
  const last = lastActivity(columns, tree);
  const stages = owners(columns, tree, (no) => columns.kind[no] === STAGE);
  const stalls = runStatus === 'running' ? stalledAgents(columns, tree, nowUs, group, history) : new Map();
  const agents = numbers.map((no, at): AgentInfo => {
    const open = isOpen(columns, no);
    const stall = stalls.get(at);
    const torn = open && runStatus !== 'running';
    const stage = stages[no]!;
    const error = textAt(columns, 'error', no);
    return {
      no,
      name: textAt(columns, 'name', no),
      role: textAt(columns, 'role', no),
      status: torn ? 'cancelled' : statusOf(columns, no, nowUs, stall),
      ...(torn && { torn }),
      startUs: columns.startUs[no]!,
      ...(!open && { endUs: columns.endUs[no]! }),
      ...tallies[at]!,
      lastActivityUs: last[no]!,
      model: textAt(columns, 'model', no) || models[at]!,
      stage: stage < 0 ? '' : textAt(columns, 'name', stage),
      ...(error !== '' && { error }),
      ...(stall && { silentUs: stall.silentUs }),
      ...(stall?.usualUs !== undefined && { usualUs: stall.usualUs }),
    };
  });
  return agents.sort((a, b) => a.startUs - b.startUs || a.no - b.no);
}

function agentNumbers(columns: SpanColumns, tree: SpanTree): number[] {
  const numbers: number[] = [];
  for (const no of tree.order) if (columns.kind[no] === AGENT) numbers.push(no);
  return numbers;
}

function statusOf(columns: SpanColumns, no: number, nowUs: number, stall: Stall | undefined): AgentStatus {
  const status = statusAt(columns, no);
  if (status === 'error' || status === 'cancelled') return status === 'error' ? 'error' : 'cancelled';
  if (!isOpen(columns, no)) return 'done';
  if (columns.startUs[no]! > nowUs) return 'queued';
  return stall ? 'stalled' : 'running';
}

/** Agents (by position in `group`'s numbering) all of whose open work has stalled. */
function stalledAgents(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  group: Int32Array,
  history: readonly UsualTime[] | undefined,
): Map<number, Stall> {
  const stalled = new Map<number, Stall>();
  const stalls = stallsOf(columns, tree, nowUs, history);
  if (stalls.length === 0) return stalled;
  for (const stall of stalls) {
    const at = group[stall.no]!;
    const known = stalled.get(at);
    // The youngest sign of life speaks for the agent.
    if (at >= 0 && (known === undefined || stall.silentUs < known.silentUs)) stalled.set(at, stall);
  }
  const silent = new Set(stalls.map((stall) => stall.no));
  const openBelow = countBelow(columns, tree, (no) => isOpen(columns, no));
  for (let no = 0; no < columns.count; no++) {
    if (!isOpen(columns, no) || openBelow[no] !== 0 || silent.has(no)) continue;
    for (let up = no; up >= 0; up = tree.parent[up]!) stalled.delete(group[up]!);
  }
  return stalled;
}

/** The model with the most counted tokens in each group; the first one named where none has tokens. */
function modelsByGroup(
  columns: SpanColumns,
  judgement: Judgement,
  group: Int32Array,
  size: number,
): string[] {
  const sums = Array.from({ length: size }, () => new Map<number, number>());
  for (let no = 0; no < columns.count; no++) {
    const at = group[no]!;
    const model = columns.model[no]!;
    if (at < 0 || model === 0) continue;
    sums[at]!.set(model, (sums[at]!.get(model) ?? 0) + judgement.tokens[no]!);
  }
  return sums.map((sum) => {
    let best: [number, number] | undefined;
    for (const entry of sum) if (best === undefined || entry[1] > best[1]) best = entry;
    return best === undefined ? '' : columns.strings[best[0]]!;
  });
}
