import { kindAt, type SpanColumns } from '../model/columns.ts';
import type { SpanKind } from '../model/span.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { isOpen } from './extent.ts';
import { countBelow, lastActivity } from './owners.ts';
import type { SpanTree } from './tree.ts';
import { earlierSilence, type UsualSilence, UsualSilences, waitsForPerson } from './usual-silence.ts';

export type Stall = {
  no: number;
  /** Time since the last sign of life in the span's subtree. */
  silentUs: number;
  /** Median silence of comparable work; absent where there is nothing to compare with. */
  usualUs?: number;
};

/** Open work that is later than usual: `slow` is noted, `stalled` should be looked at. */
export type Silence = Stall & { state: 'slow' | 'stalled' };

/** No silence shorter than this is a stall, µs. */
export const LEAST_SILENCE_US = 10e6;
/** How many times the 95th percentile of what is normal a silence must last. */
const FACTOR = 4;
/** Past the 95th percentile, and past so many medians, open work is slow. */
const SLOW_MEDIANS = 2;
/** The limit where nothing is comparable, neither in the run nor in earlier ones: a model call, a tool, an agent. */
const UNKNOWN_US: Partial<Record<SpanKind, number>> = {
  llm: 180e6,
  tool: 600e6,
  // A program takes the time it takes.
  stage: Number.POSITIVE_INFINITY,
};
const UNKNOWN_OTHER_US = 360e6;

/** Silence from which on work has stalled, µs. */
export function stalledAfterUs(kind: SpanKind, usual: UsualSilence | undefined): number {
  return Math.max(LEAST_SILENCE_US, usual ? FACTOR * usual.p95 : (UNKNOWN_US[kind] ?? UNKNOWN_OTHER_US));
}

/** Open work that has been silent for much longer than its like, in this run or in earlier ones. */
export function stallsOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  history?: readonly UsualTime[],
): Stall[] {
  return silencesOf(columns, tree, nowUs, history)
    .filter(({ state }) => state === 'stalled')
    .map(({ state: _, ...stall }) => stall);
}

/**
 * Open work that is silent for longer than its like. Only the innermost open spans can be: a parent waits for its open
 * children. `history` is what the store knows of earlier runs; it is asked where this run holds nothing comparable.
 */
export function silencesOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  history: readonly UsualTime[] = [],
): Silence[] {
  const openBelow = countBelow(columns, tree, (no) => isOpen(columns, no));
  const last = lastActivity(columns, tree);
  const suspects: number[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (!isOpen(columns, no) || openBelow[no] !== 0 || nowUs - last[no]! <= LEAST_SILENCE_US) continue;
    if (!waitsForPerson(columns, tree, no)) suspects.push(no);
  }
  if (suspects.length === 0) return [];
  const usuals = new UsualSilences(columns, tree, suspects);
  const silences: Silence[] = [];
  for (const no of suspects) {
    const silentUs = nowUs - last[no]!;
    const usual = usuals.of(no) ?? earlierSilence(columns, tree, no, history);
    const stalledUs = stalledAfterUs(kindAt(columns, no), usual);
    const slowUs = usual ? Math.max(usual.p95, SLOW_MEDIANS * usual.median) : stalledUs;
    if (silentUs <= Math.max(LEAST_SILENCE_US, Math.min(slowUs, stalledUs))) continue;
    const state = silentUs > stalledUs ? 'stalled' : 'slow';
    silences.push({ no, silentUs, ...(usual && { usualUs: usual.median }), state });
  }
  return silences;
}
