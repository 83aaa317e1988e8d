import { kindCode, type SpanColumns, textAt } from '../model/columns.ts';
import { cpuOf, peakMemoryOf, type StageUse } from '../model/stage-use.ts';
import { isOpen } from './extent.ts';
import type { Judgement } from './ledger.ts';
import { groupsOf, owners } from './owners.ts';
import { type StageInfo, stageStatus } from './stages.ts';
import { countedCost } from './tally.ts';
import type { SpanTree } from './tree.ts';

const [STAGE, LLM] = [kindCode('stage'), kindCode('llm')];

/** What was used somewhere, everything inside it included. */
export type StageSums = {
  /** Model calls, repeated ones once. */
  calls: number;
  tokens: number;
  /** Null: unknown. A lower bound while `unpriced` is not 0. */
  costUsd: number | null;
  unpriced: number;
};

export type StageRow = StageSums & {
  name: string;
  /** Span number; -1 while only planned. */
  no: number;
  /** How many stages it lies in. */
  depth: number;
  status: StageInfo['status'];
  startUs?: number;
  /** Absent while it is open. */
  endUs?: number;
  use?: StageUse;
  /** First line of its error. */
  error?: string;
};

export type StageTable = {
  /** Every stage after the one that it lies in, else by start; then those that are only planned. */
  rows: StageRow[];
  /** What belongs to no stage, where that is anything. */
  outside?: StageSums;
  total: StageSums & {
    /** Null where no stage says it. */
    cpuUs: number | null;
    /** A stage that has ended does not say what it used: the time above is a lower bound. */
    cpuAtLeast: boolean;
    /** Of the stage that held most: what stages side by side held together nobody has seen. */
    peakBytes: number | null;
  };
};

/** All stages of a run with what each used. `planned` is where the stages stand that have not begun, as `stagesOf` tells. */
export function stageTableOf(
  columns: SpanColumns,
  tree: SpanTree,
  judgement: Judgement,
  planned: readonly StageInfo[],
  over: boolean,
): StageTable {
  const isStage = (no: number): boolean => columns.kind[no] === STAGE;
  const numbers = Array.from(tree.order.filter(isStage));
  const owner = owners(columns, tree, isStage);
  // The stage around each stage, as a position: it comes before those inside it.
  const around = numbers.map((no) => (tree.parent[no]! < 0 ? -1 : owner[tree.parent[no]!]!));
  const up = groupsOf(Int32Array.from(around), numbers);
  const sums = sumsOf(columns, judgement, groupsOf(owner, numbers), numbers.length);
  const rest = sums.pop()!;
  for (let at = numbers.length - 1; at >= 0; at--) if (up[at]! >= 0) add(sums[up[at]!]!, sums[at]!);
  const total = { ...rest };
  sums.forEach((sum, at) => {
    if (up[at]! < 0) add(total, sum);
  });
  const rows: StageRow[] = [];
  numbers.forEach((no, at) => {
    const error = textAt(columns, 'error', no);
    const use = columns.stageUse.get(no);
    rows.push({
      name: textAt(columns, 'name', no),
      no,
      depth: up[at]! < 0 ? 0 : rows[up[at]!]!.depth + 1,
      status: stageStatus(columns, no, over),
      startUs: columns.startUs[no]!,
      ...(!isOpen(columns, no) && { endUs: columns.endUs[no]! }),
      ...told(sums[at]!),
      ...(use !== undefined && { use }),
      ...(error !== '' && { error }),
    });
  });
  const used = usedByAll(rows, up);
  for (const { name, no, status } of planned)
    if (no < 0) rows.push({ name, no, depth: 0, status, ...told(NOTHING) });
  const outside = told(rest);
  const isAny = outside.calls + outside.tokens + (outside.costUsd ?? 0) + outside.unpriced > 0;
  return { rows, ...(isAny && { outside }), total: { ...told(total), ...used } };
}

type Sums = { calls: number; tokens: number; costUsd: number; priced: number; unpriced: number };
const NOTHING: Sums = { calls: 0, tokens: 0, costUsd: 0, priced: 0, unpriced: 0 };

/** Sums of each group's own spans; the last is of those that are in no group. */
function sumsOf(columns: SpanColumns, judgement: Judgement, group: Int32Array, size: number): Sums[] {
  const sums = Array.from({ length: size + 1 }, () => ({ ...NOTHING }));
  for (let no = 0; no < columns.count; no++) {
    const sum = sums[group[no]! < 0 ? size : group[no]!]!;
    sum.tokens += judgement.tokens[no]!;
    if (columns.kind[no] === LLM && judgement.verdict[no] !== 'duplicate') sum.calls++;
    const cost = countedCost(columns, judgement, no);
    if (cost === null) sum.unpriced++;
    else if (cost !== undefined) {
      sum.costUsd += cost;
      sum.priced++;
    }
  }
  return sums;
}

function add(to: Sums, more: Sums): void {
  for (const name of Object.keys(NOTHING) as (keyof Sums)[]) to[name] += more[name];
}

function told({ priced, costUsd, ...sums }: Sums): StageSums {
  return { ...sums, costUsd: priced === 0 && sums.unpriced > 0 ? null : costUsd };
}

/** Adds up what stages used. One that says it has counted those inside it. */
function usedByAll(rows: readonly StageRow[], up: Int32Array): Omit<StageTable['total'], keyof StageSums> {
  const within = new Uint8Array(rows.length);
  const holds = new Uint8Array(rows.length);
  let cpuUs: number | null = null;
  let peakBytes: number | null = null;
  for (const [at, { use }] of rows.entries()) {
    const above = up[at]!;
    if (above >= 0) holds[above] = 1;
    const covered = above >= 0 && within[above] === 1;
    const cpu = cpuOf(use);
    if (!covered && cpu !== null) cpuUs = (cpuUs ?? 0) + cpu;
    if (covered || cpu !== null) within[at] = 1;
    const peak = peakMemoryOf(use);
    if (peak !== null) peakBytes = Math.max(peakBytes ?? 0, peak);
  }
  const silent = rows.some(
    ({ status }, at) => within[at] === 0 && holds[at] === 0 && (status === 'done' || status === 'error'),
  );
  return { cpuUs, cpuAtLeast: cpuUs !== null && silent, peakBytes };
}
