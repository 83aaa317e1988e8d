import { MISSING_PARENT, type SpanColumns } from '../model/columns.ts';
import { addNote, QUALITY_CODES, type QualityCode, type QualityNote } from '../model/quality.ts';
import type { Run } from '../model/run.ts';
import { isOpen } from './extent.ts';
import type { Ledger } from './ledger.ts';
import type { SpanTree } from './tree.ts';

export type QualityLine = { code: QualityCode; count: number; example?: string; meaning: string };

/** Children further than this outside their parent's time are noted: sources round to milliseconds. */
const OUTSIDE_US = 1000;
/** The source's own cost may differ by this share before it is noted. */
const COST_TOLERANCE = 0.02;

/** Every doubt about a run's data: what readers and the fold noted, and what shows in the structure. */
export function qualityOf(run: Run, columns: SpanColumns, tree: SpanTree, ledger: Ledger): QualityLine[] {
  const found: QualityNote[] = [];
  const note = (code: QualityCode, no: number): void => addNote(found, code, run.spans[no]!.spanId);
  for (const no of tree.cut) note('parent-cycle', no);
  for (let no = 0; no < columns.count; no++) {
    if (tree.parent[no] === MISSING_PARENT) note('missing-parent', no);
    const { startEstimated, placeholderOutput } = run.spans[no]!;
    if (!startEstimated && beginsEarly(columns, tree, no)) note('clock-skew', no);
    else if (!startEstimated && endsLate(columns, tree, no)) note('outside-parent', no);
    if (hasImpossibleFirstToken(columns, no)) note('impossible-first-token', no);
    if (run.status !== 'running' && isOpen(columns, no)) note('never-ended', no);
    if (placeholderOutput && !ledger.summedUp.has(no)) note('placeholder-output', no);
  }
  for (const { no, verdict } of ledger.entries) if (verdict === 'duplicate') note('duplicate-call', no);
  for (const { model, calls } of ledger.unpriced) addNote(found, 'unpriced-call', model, calls);
  for (const no of costDeviations(run, columns, tree, ledger)) note('cost-deviates', no);

  // What was noted on the way in and is seen here again is one doubt, not two.
  const notes = new Map<QualityCode, QualityNote>(run.notes.map((known) => [known.code, known]));
  for (const own of found) {
    const known = notes.get(own.code);
    if (known === undefined || known.count < own.count) notes.set(own.code, own);
  }
  return [...notes.values()].map((known) => ({ ...known, meaning: QUALITY_CODES[known.code] }));
}

/** What a span causes cannot begin before it. */
function beginsEarly(columns: SpanColumns, tree: SpanTree, no: number): boolean {
  const up = tree.parent[no]!;
  return up >= 0 && columns.startUs[no]! < columns.startUs[up]! - OUTSIDE_US;
}

function endsLate(columns: SpanColumns, tree: SpanTree, no: number): boolean {
  const up = tree.parent[no]!;
  if (up < 0) return false;
  // Comparisons with an open end (NaN) are false: nothing lies outside a parent that goes on.
  const parentEnd = columns.endUs[up]! + OUTSIDE_US;
  return columns.endUs[no]! > parentEnd || columns.startUs[no]! > parentEnd;
}

function hasImpossibleFirstToken(columns: SpanColumns, no: number): boolean {
  const first = columns.firstTokenUs[no]!;
  return first < columns.startUs[no]! - OUTSIDE_US || first > columns.endUs[no]! + OUTSIDE_US;
}

/** Spans whose source states a cost that differs from what we computed for them or, for a sum, for what is below them. */
function costDeviations(run: Run, columns: SpanColumns, tree: SpanTree, ledger: Ledger): number[] {
  const cost = new Float64Array(columns.count);
  for (const { no, costUsd, verdict } of ledger.entries) {
    const counts = verdict === 'counted' || verdict === 'unattributed';
    if (counts) cost[no] = costUsd ?? Number.NaN;
  }
  for (let at = columns.count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const up = tree.parent[no]!;
    // An unknown cost below makes the sum unknown: NaN carries that by itself.
    if (up >= 0) cost[up] = cost[up]! + cost[no]!;
  }
  const deviating: number[] = [];
  for (let no = 0; no < columns.count; no++) {
    const { reportedCostUsd: reported, modelTotal, costUsd } = run.spans[no]!;
    // A stated sum counts as it is stated: what differs is our own price for it.
    const computed = modelTotal ? (costUsd ?? 0) : cost[no]!;
    if (reported === undefined || !(computed > 0)) continue;
    if (Math.abs(computed - reported) > COST_TOLERANCE * Math.max(reported, computed)) deviating.push(no);
  }
  return deviating;
}
