import { endAt } from '@tacho/trace/analysis/extent';
import { judge } from '@tacho/trace/analysis/ledger';
import { agentOwners } from '@tacho/trace/analysis/owners';
import { quantile } from '@tacho/trace/analysis/quantile';
import { selfTimes } from '@tacho/trace/analysis/self-time';
import { countedCost } from '@tacho/trace/analysis/tally';
import type { SpanTree } from '@tacho/trace/analysis/tree';
import { kindAt, type SpanColumns, textAt } from '@tacho/trace/model/columns';
import { SPAN_STATUSES } from '@tacho/trace/model/span';

/** What an area's spans can be grouped by. */
export const AREA_GROUPINGS = ['kind', 'name', 'model', 'agent'] as const;
export type AreaGrouping = (typeof AREA_GROUPINGS)[number];

/** One group of spans. Times in µs; spans count with their whole duration, also where the area cuts them. */
export type AreaRow = {
  readonly key: string;
  readonly count: number;
  readonly totalUs: number;
  readonly selfUs: number;
  readonly p50Us: number;
  readonly p95Us: number;
  /** Counted tokens, by the ledger: roll-ups and duplicates add nothing. */
  readonly tokens: number;
  /** Known cost; null where nothing in the group has one. */
  readonly costUsd: number | null;
  readonly errors: number;
  readonly spans: readonly number[];
};

export type AreaColumn = Exclude<keyof AreaRow, 'spans'>;

/** Figures of every span that the groups add up, computed once for a version of the run. */
export type AreaFigures = {
  readonly selfUs: Float64Array;
  readonly tokens: Float64Array;
  readonly costs: (no: number) => number;
  readonly agent: Int32Array;
};

const ERROR = SPAN_STATUSES.indexOf('error');

export function areaFigures(columns: SpanColumns, tree: SpanTree, nowUs: number): AreaFigures {
  const judgement = judge(columns, tree);
  return {
    selfUs: selfTimes(columns, tree, nowUs),
    tokens: judgement.tokens,
    // Tokens and cost come from the same spans; a paid tool without tokens still costs.
    costs: (no) => countedCost(columns, judgement, no) ?? Number.NaN,
    agent: agentOwners(columns, tree),
  };
}

const KEYS: Record<AreaGrouping, (columns: SpanColumns, figures: AreaFigures, no: number) => string> = {
  kind: (columns, _, no) => kindAt(columns, no),
  name: (columns, _, no) => textAt(columns, 'name', no),
  model: (columns, _, no) => textAt(columns, 'model', no) || 'no model',
  agent: (columns, figures, no) => {
    const agent = figures.agent[no]!;
    return agent < 0 ? 'no agent' : textAt(columns, 'name', agent);
  },
};

/** Groups spans and sorts the groups by total time, longest first. */
export function areaRows(
  columns: SpanColumns,
  figures: AreaFigures,
  spans: readonly number[],
  grouping: AreaGrouping,
  nowUs: number,
): AreaRow[] {
  const groups = new Map<string, number[]>();
  for (const no of spans) {
    const key = KEYS[grouping](columns, figures, no);
    const group = groups.get(key);
    if (group) group.push(no);
    else groups.set(key, [no]);
  }
  const rows = [...groups].map(([key, members]) => areaRow(columns, figures, key, members, nowUs));
  return rows.sort((a, b) => b.totalUs - a.totalUs || a.key.localeCompare(b.key));
}

function areaRow(
  columns: SpanColumns,
  figures: AreaFigures,
  key: string,
  spans: readonly number[],
  nowUs: number,
): AreaRow {
  const durations = Float64Array.from(spans, (no) => endAt(columns, no, nowUs) - columns.startUs[no]!).sort();
  let selfUs = 0;
  let tokens = 0;
  let costUsd: number | null = null;
  let errors = 0;
  for (const no of spans) {
    selfUs += figures.selfUs[no]!;
    tokens += figures.tokens[no]!;
    const cost = figures.costs(no);
    if (!Number.isNaN(cost)) costUsd = (costUsd ?? 0) + cost;
    if (columns.status[no] === ERROR) errors++;
  }
  return {
    key,
    count: spans.length,
    totalUs: durations.reduce((sum, value) => sum + value, 0),
    selfUs,
    p50Us: quantile(durations, 0.5),
    p95Us: quantile(durations, 0.95),
    tokens,
    costUsd,
    errors,
    spans,
  };
}

/** Another order; groups of equal value stay in the order of time. Unknown costs are last either way. */
export function sortRows(rows: readonly AreaRow[], column: AreaColumn, descending: boolean): AreaRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const one = a[column];
    const two = b[column];
    if (one === null || two === null) return one === two ? 0 : one === null ? 1 : -1;
    if (typeof one === 'string' || typeof two === 'string')
      return sign * String(one).localeCompare(String(two));
    return sign * (one - two);
  });
}
