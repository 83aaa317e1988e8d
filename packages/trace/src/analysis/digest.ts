import { kindAt, type SpanColumns, textAt } from '../model/columns.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Run } from '../model/run.ts';
import type { SpanKind } from '../model/span.ts';
import { type Breakdown, breakdownOf } from './breakdown.ts';
import { explain } from './explain.ts';
import { endAt } from './extent.ts';
import { type Judgement, judgeRun } from './ledger.ts';
import { agentOwners } from './owners.ts';
import { type Problem, problemsOf } from './problems.ts';
import { type RunReport, reportOf } from './report.ts';
import { selfTimes } from './self-time.ts';
import { statedCostOf } from './stated-cost.ts';
import { type Prepared, prepare } from './summary.ts';
import { countedCost } from './tally.ts';
import type { SpanTree } from './tree.ts';

/** One span that stands out. Times in µs. */
export type NotableSpan = {
  no: number;
  name: string;
  kind: SpanKind;
  /** Model or tool, '' where it has none. */
  what: string;
  /** Name of the agent that it is part of, '' where that says nothing: there is none, it is the agent, or the only one. */
  agent: string;
  startUs: number;
  totalUs: number;
  selfUs: number;
  tokens: number;
  /** Null: unknown. */
  costUsd: number | null;
};

/** Everything a digest for people tells about a run, as data: what Markdown and HTML are written from. */
export type Digest = {
  report: RunReport;
  breakdown: Breakdown;
  /** Spans by their own time, longest first. */
  slowest: NotableSpan[];
  /** Spans by counted cost, then by counted tokens. */
  dearest: NotableSpan[];
  /** As problemsOf gives them, but what is worst first. */
  problems: (Problem & Pick<NotableSpan, 'agent'>)[];
  /** Only what was counted, what was not, and at which prices: not span by span. */
  books: Pick<Explanation, 'groups' | 'prices'>;
  /** What the source says the whole run cost; null where it says nothing. */
  statedCostUsd: number | null;
};

/** Spans named as the slowest, and as the dearest. */
const MOST_NOTABLE = 10;

/** The digest of a run. What is still open ends with the run's newest record. */
export function digestOf(run: Run, prepared: Prepared = prepare(run)): Digest {
  const { columns, tree } = prepared;
  const untilUs = run.lastUs;
  const judgement = judgeRun(run, columns, tree);
  const { groups, prices } = explain(run, prepared);
  const agentOf = agentNames(columns, tree);
  return {
    report: reportOf(run, untilUs, prepared),
    breakdown: breakdownOf(run, prepared, judgement, untilUs),
    ...notableSpans(columns, judgement, selfTimes(columns, tree, untilUs), untilUs, agentOf),
    problems: problemsOf(columns, tree, untilUs, run.status, judgement)
      .sort((a, b) => RANK[a.severity] - RANK[b.severity])
      .map((problem) => ({ ...problem, agent: OF_MANY.has(problem.kind) ? '' : agentOf(problem.no) })),
    books: { groups, prices },
    statedCostUsd: statedCostOf(run, tree),
  };
}

/** Problems that stand for many spans, of whatever agent. */
const OF_MANY: ReadonlySet<Problem['kind']> = new Set(['orphan', 'impossible', 'unpriced']);

const RANK: Record<Problem['severity'], number> = { error: 0, warning: 1, info: 2 };

/** Names of spans' agents, where a run has several. */
function agentNames(columns: SpanColumns, tree: SpanTree): (no: number) => string {
  const owner = agentOwners(columns, tree);
  const several = new Set(owner.filter((no) => no >= 0)).size > 1;
  return (no) => {
    const agent = no < 0 ? no : owner[no]!;
    return several && agent >= 0 && agent !== no ? textAt(columns, 'name', agent) : '';
  };
}

function notableSpans(
  columns: SpanColumns,
  judgement: Judgement,
  selfUs: Float64Array,
  untilUs: number,
  agentOf: (no: number) => string,
): Pick<Digest, 'slowest' | 'dearest'> {
  const cost = Float64Array.from(selfUs, (_, no) => countedCost(columns, judgement, no) ?? 0);
  const spanAt = (no: number): NotableSpan => ({
    no,
    name: textAt(columns, 'name', no),
    kind: kindAt(columns, no),
    what: textAt(columns, 'tool', no) || textAt(columns, 'model', no),
    agent: agentOf(no),
    startUs: columns.startUs[no]!,
    totalUs: endAt(columns, no, untilUs) - columns.startUs[no]!,
    selfUs: selfUs[no]!,
    tokens: judgement.tokens[no]!,
    costUsd: countedCost(columns, judgement, no) ?? null,
  });
  return {
    slowest: largest(columns.count, (a, b) => selfUs[b]! - selfUs[a]!)
      .filter((no) => selfUs[no]! > 0)
      .map(spanAt),
    dearest: largest(
      columns.count,
      (a, b) => cost[b]! - cost[a]! || judgement.tokens[b]! - judgement.tokens[a]!,
    )
      .filter((no) => cost[no]! > 0 || judgement.tokens[no]! > 0)
      .map(spanAt),
  };
}

/** The first numbers in an order, without sorting the others. */
function largest(count: number, compare: (a: number, b: number) => number): number[] {
  const found: number[] = [];
  for (let no = 0; no < count; no++) {
    if (found.length === MOST_NOTABLE && compare(no, found.at(-1)!) >= 0) continue;
    const at = found.findIndex((other) => compare(no, other) < 0);
    found.splice(at < 0 ? found.length : at, 0, no);
    if (found.length > MOST_NOTABLE) found.pop();
  }
  return found;
}
