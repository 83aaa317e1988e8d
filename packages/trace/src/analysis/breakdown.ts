import { kindCode, type SpanColumns, statusCode, textAt } from '../model/columns.ts';
import type { Run } from '../model/run.ts';
import type { StageUse } from '../model/stage-use.ts';
import { emptyUsage } from '../model/usage.ts';
import { type PartDetails, partDetails } from './breakdown-details.ts';
import { failuresOf } from './errors.ts';
import { endAt } from './extent.ts';
import type { Judgement, Ledger } from './ledger.ts';
import { agentOwners, groupsOf, owners } from './owners.ts';
import { dependenciesOf } from './path/dependencies.ts';
import { wavesOf } from './path/waves.ts';
import { selfTimes } from './self-time.ts';
import { type StageInfo, stageGroups, stageLevels, stageStatus } from './stages.ts';
import type { Prepared } from './summary.ts';
import { countedCost, tallyGroups } from './tally.ts';
import type { SpanTree } from './tree.ts';

const [AGENT, LLM, TOOL] = [kindCode('agent'), kindCode('llm'), kindCode('tool')];
const ERROR = statusCode('error');

/** What one stage, agent, model or tool did and used. Times in µs, money in USD. */
export type Part = PartDetails & {
  name: string;
  /** Number of the span that the part is: a stage's, an agent's. */
  no?: number;
  /** Model calls, repeated ones once; of a tool, its own calls. */
  calls: number;
  toolCalls: number;
  /** Errors where they arose that no retry made good; of a model or a tool, all calls of it that failed. */
  errors: number;
  /** From start to end; of a model or a tool, the sum over its calls. */
  totalUs: number;
  /** What no span below explains, added up over all that belongs to the part: more than the total where work is parallel. */
  selfUs: number;
  tokens: number;
  /** Null: unknown. A lower bound while `unpriced` is not 0. */
  costUsd: number | null;
  /** Calls that count and have no price. */
  unpriced: number;
};

/** A stage, with what its programs used. Stages inside it are parts, too, and all figures have theirs. */
export type StagePart = Part &
  StageUse & {
    /** How many stages it lies in. */
    depth: number;
    /** Absent where the part is no stage. */
    status?: StageInfo['status'];
  };

export type Breakdown = {
  /** By start, each before those inside it; what belongs to no stage last. That and those of depth 0 add up to the run. */
  stages: StagePart[];
  /** The dearest first; what belongs to no agent last. An agent's own work: agents below it stand for themselves. */
  agents: Part[];
  models: Part[];
  /** Tools by time, most first. */
  tools: Part[];
};

type Facts = {
  columns: SpanColumns;
  tree: SpanTree;
  ledger: Ledger;
  /** µs that each agent stood in line. */
  queuedUs: Float64Array;
  judgement: Judgement;
  untilUs: number;
  selfUs: Float64Array;
};

/** Breaks a run down in four ways. Outermost stages add up to the run's tokens and cost, and so do agents and models. */
export function breakdownOf(
  run: Run,
  { columns, tree, ledger }: Prepared,
  judgement: Judgement,
  untilUs: number,
): Breakdown {
  const { queuedUs } = wavesOf(columns, dependenciesOf(columns, tree, untilUs));
  const selfUs = selfTimes(columns, tree, untilUs);
  const facts: Facts = { columns, tree, ledger, judgement, untilUs, selfUs, queuedUs };
  const failed = new Uint8Array(columns.count);
  for (const { no, recovered } of failuresOf(columns, tree)) if (!recovered) failed[no] = 1;
  const agents = tree.order.filter((no) => columns.kind[no] === AGENT);
  return {
    stages: stageParts(facts, failed, run.status !== 'running'),
    agents: dearestFirst(
      spanParts(
        facts,
        groupsOf(agentOwners(columns, tree), [...agents]),
        [...agents],
        'outside of agents',
        failed,
      ),
    ),
    models: dearestFirst(modelParts(run, facts)),
    tools: toolParts(facts),
  };
}

/** What a part used, where it is a stage. */
export function stageUseIn(part: Part | StagePart): StageUse | undefined {
  return 'cpuUserUs' in part ? part : undefined;
}

function stageUseAt(columns: SpanColumns, no: number | undefined): StageUse {
  const use = no === undefined ? undefined : columns.stageUse.get(no);
  return use ?? { cpuUserUs: null, cpuSystemUs: null, maxRssBytes: null, peakTreeRssBytes: null };
}

/** Level by level: on each of them every span belongs to one stage at most. */
function stageParts(facts: Facts, failed: Uint8Array, over: boolean): StagePart[] {
  const { columns, tree } = facts;
  const outside: StagePart[] = [];
  const parts = new Map<number, StagePart>();
  for (const [depth, heads] of stageLevels(columns, tree).entries())
    for (const part of spanParts(
      facts,
      stageGroups(columns, tree, heads),
      heads,
      'outside of stages',
      failed,
    )) {
      const { no } = part;
      const stage: StagePart = { ...part, ...stageUseAt(columns, no), depth };
      if (no !== undefined) parts.set(no, { ...stage, status: stageStatus(columns, no, over) });
      else if (depth === 0) outside.push(stage);
    }
  return [...nestedByStart(columns, tree, parts), ...outside];
}

/** Outermost stages by start, each with those inside it behind it. */
function nestedByStart(
  columns: SpanColumns,
  tree: SpanTree,
  parts: ReadonlyMap<number, StagePart>,
): StagePart[] {
  const blocks: StagePart[][] = [];
  for (const no of tree.order) {
    const part = parts.get(no);
    if (part?.depth === 0) blocks.push([part]);
    else if (part) blocks.at(-1)!.push(part);
  }
  const startOf = ([{ no } = {}]: readonly Partial<StagePart>[]): number => columns.startUs[no!]!;
  return blocks.sort((a, b) => startOf(a) - startOf(b)).flat();
}

/** One part for each span of the list, and one for what belongs to none, where that is anything. */
function spanParts(
  facts: Facts,
  group: Int32Array,
  heads: readonly number[],
  outside: string,
  failed: Uint8Array,
): Part[] {
  const { columns, untilUs } = facts;
  if (heads.length === 0) return [];
  const parts = heads.map((no) => ({
    ...emptyPart(textAt(columns, 'name', no)),
    no,
    totalUs: endAt(columns, no, untilUs) - columns.startUs[no]!,
  }));
  const rest: Part = emptyPart(outside);
  const all = [...parts, rest];
  addUp(
    facts,
    group.map((at) => (at < 0 ? heads.length : at)),
    all,
  );
  for (let no = 0; no < columns.count; no++) {
    const part = all[group[no]! < 0 ? heads.length : group[no]!]!;
    part.errors += failed[no]!;
    part.selfUs += facts.selfUs[no]!;
    if (columns.kind[no] === LLM && facts.judgement.verdict[no] !== 'duplicate') part.calls++;
  }
  const { tokens, costUsd, unpriced, errors, calls, toolCalls } = rest;
  return tokens + (costUsd ?? 0) + unpriced + errors + calls + toolCalls > 0 ? all : parts;
}

function modelParts(run: Run, facts: Facts): Part[] {
  const { columns } = facts;
  const group = new Int32Array(columns.count).fill(-1);
  const ran = new Uint8Array(columns.count);
  const parts = new PartsByName();
  for (let no = 0; no < columns.count; no++) {
    const call = columns.kind[no] === LLM;
    if (!call && run.spans[no]!.usage === undefined) continue;
    // A sum beside its calls, or above them, names its model and is no call of it. It may add a price and no token.
    const counts =
      call || facts.judgement.tokens[no]! > 0 || (countedCost(columns, facts.judgement, no) ?? 0) !== 0;
    if (counts) group[no] = parts.at(textAt(columns, 'model', no) || 'unknown model');
    if (!call || facts.judgement.verdict[no] === 'duplicate') continue;
    addCall(facts, parts.list[group[no]!]!, no);
    ran[no] = 1;
  }
  addUp(facts, group, parts.list, ran);
  return parts.list;
}

function toolParts(facts: Facts): Part[] {
  const { columns, tree } = facts;
  const isTool = (no: number): boolean => columns.kind[no] === TOOL;
  const group = new Int32Array(columns.count).fill(-1);
  const ran = new Uint8Array(columns.count);
  const parts = new PartsByName();
  // What an agent below a tool used stands with the agent.
  const owner = owners(columns, tree, (no) => isTool(no) || columns.kind[no] === AGENT);
  for (let no = 0; no < columns.count; no++) {
    const at = owner[no]!;
    if (at < 0 || !isTool(at)) continue;
    group[no] = parts.at(textAt(columns, 'tool', at) || textAt(columns, 'name', at));
    if (!isTool(no)) continue;
    addCall(facts, parts.list[group[no]!]!, no);
    ran[no] = 1;
  }
  addUp(facts, group, parts.list, ran);
  return parts.list.sort((a, b) => b.totalUs - a.totalUs);
}

class PartsByName {
  readonly list: Part[] = [];
  readonly #positions = new Map<string, number>();

  at(name: string): number {
    const known = this.#positions.get(name);
    if (known !== undefined) return known;
    const position = this.list.push(emptyPart(name)) - 1;
    this.#positions.set(name, position);
    return position;
  }
}

function addCall({ columns, selfUs, untilUs }: Facts, part: Part, no: number): void {
  part.calls++;
  part.totalUs += endAt(columns, no, untilUs) - columns.startUs[no]!;
  part.selfUs += selfUs[no]!;
  if (columns.status[no] === ERROR) part.errors++;
}

/** Sets what the ledger counts for each group, and the time in which its spans ran: those of `ran`, where they are told apart. */
function addUp(facts: Facts, group: Int32Array, parts: readonly Part[], ran?: Uint8Array): void {
  const { columns, tree, judgement, ledger, untilUs, queuedUs } = facts;
  const details = partDetails(columns, ledger, group, parts.length, untilUs, queuedUs, ran);
  tallyGroups(columns, tree, group, parts.length, judgement).forEach((tally, at) => {
    Object.assign(parts[at]!, tally, details[at]!);
  });
}

/** A part that nothing belongs to. */
export function emptyPart(name: string): Part {
  return {
    name,
    calls: 0,
    toolCalls: 0,
    errors: 0,
    totalUs: 0,
    selfUs: 0,
    tokens: 0,
    costUsd: 0,
    unpriced: 0,
    wallUs: 0,
    queuedUs: 0,
    usage: emptyUsage(),
    firstToken: null,
  };
}

/** By cost, then tokens, then own time; what belongs to no span of a list of spans stays last. */
function dearestFirst(parts: Part[]): Part[] {
  const spans = parts.some(({ no }) => no !== undefined);
  const isRest = (part: Part): number => Number(spans && part.no === undefined);
  return parts.sort(
    (a, b) =>
      isRest(a) - isRest(b) ||
      (b.costUsd ?? 0) - (a.costUsd ?? 0) ||
      b.tokens - a.tokens ||
      b.selfUs - a.selfUs,
  );
}
