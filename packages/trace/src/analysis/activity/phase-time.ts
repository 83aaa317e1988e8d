import type { Run } from '../../model/run.ts';
import { numbered, sortByStart } from '../start-order.ts';
import type { Action } from './actions.ts';
import { PHASES, type Phase } from './deed.ts';
import type { ModelCall } from './model-calls.ts';

/** Microseconds of wall time. With `otherUs` and `idleUs` the phases add up to `wallUs`. */
export type PhaseTime = {
  /** First record to last. */
  wallUs: number;
  phaseUs: Record<Phase, number>;
  /** Work of no phase: planning, delegating, asking, answering. */
  otherUs: number;
  /** Nothing ran: a person was waited for, or nobody recorded what happened. */
  idleUs: number;
  /** Of the time of phases and others, that in which no tool ran but a model. */
  thinkingUs: number;
};

const OTHER = PHASES.length;
/** What speaks for a moment in which several things run: tools before models, what waits for its subagents last. */
const [TOOL, MODEL, DELEGATION] = [0, 1, 2];

type Stretch = {
  startUs: number;
  endUs: number;
  layer: number;
  shares: readonly (readonly [number, number])[];
};

/**
 * Where the wall time went: each moment goes to the phases of the tools that run, in equal shares; while none runs, to the
 * phases of the actions that the running model calls lead to. So thinking belongs to what it is about.
 */
export function phaseTimeOf(
  run: Run,
  actions: readonly Action[],
  calls: readonly ModelCall[],
): PhaseTime | null {
  const { fromUs, toUs } = wallOf(run);
  if (!(toUs > fromUs)) return null;
  const stretches = [
    ...actions.map(({ startUs, endUs = toUs, phase, category }) => ({
      startUs,
      endUs,
      layer: category === 'agent' ? DELEGATION : TOOL,
      shares: WHOLE[placeOf(phase)]!,
    })),
    ...calls.map((call) => ({
      startUs: call.startUs,
      endUs: call.endUs ?? toUs,
      layer: MODEL,
      shares: sharesOf(call),
    })),
  ];
  const sums = sweep(stretches);
  const phaseUs = Object.fromEntries(PHASES.map((phase, at) => [phase, sums.us[at]!])) as Record<
    Phase,
    number
  >;
  const worked = sums.us.reduce((sum, us) => sum + us, 0);
  return {
    wallUs: toUs - fromUs,
    phaseUs,
    otherUs: sums.us[OTHER]!,
    idleUs: Math.max(0, toUs - fromUs - worked),
    thinkingUs: sums.thinkingUs,
  };
}

function wallOf(run: Run): { fromUs: number; toUs: number } {
  let fromUs = run.startUs > 0 ? run.startUs : Infinity;
  let toUs = Math.max(run.endUs ?? 0, run.lastUs);
  for (const { startUs, endUs } of run.spans) {
    // A time that nobody knows is 0.
    if (startUs > 0 && startUs < fromUs) fromUs = startUs;
    if (endUs !== undefined && endUs > toUs) toUs = endUs;
  }
  return { fromUs, toUs };
}

function placeOf(phase: Phase | null): number {
  return phase === null ? OTHER : PHASES.indexOf(phase);
}

/** All of the time for one place, by place. */
const WHOLE: readonly Stretch['shares'][] = [...PHASES, null].map((phase) => [[placeOf(phase), 1]]);

function sharesOf({ actions }: ModelCall): Stretch['shares'] {
  if (actions.length < 2) return WHOLE[placeOf(actions[0]?.phase ?? null)]!;
  const shares = new Map<number, number>();
  for (const { phase } of actions) {
    const at = placeOf(phase);
    shares.set(at, (shares.get(at) ?? 0) + 1 / actions.length);
  }
  return [...shares].sort(([a], [b]) => a - b);
}

/** Goes through all starts and ends in order of time, with what runs in each layer. */
function sweep(all: readonly Stretch[]): { us: Float64Array; thinkingUs: number } {
  const stretches = all.filter(({ startUs, endUs }) => startUs > 0 && endUs > startUs);
  const starts = Float64Array.from(stretches, ({ startUs }) => startUs);
  const ends = Float64Array.from(stretches, ({ endUs }) => endUs);
  const [byStart, byEnd] = [numbered(stretches.length), numbered(stretches.length)];
  sortByStart(byStart, starts);
  sortByStart(byEnd, ends);
  const us = new Float64Array(PHASES.length + 1);
  const layers = [0, 1, 2].map(() => ({ running: 0, weights: new Float64Array(us.length) }));
  let thinkingUs = 0;
  let nowUs = 0;
  const change = ({ layer, shares }: Stretch, sign: 1 | -1): void => {
    const { weights } = layers[layer]!;
    layers[layer]!.running += sign;
    for (const [at, share] of shares) weights[at] = weights[at]! + sign * share;
    // What fractions leave behind must not be taken for work.
    if (layers[layer]!.running === 0) weights.fill(0);
  };
  for (let opened = 0, closed = 0; closed < stretches.length; ) {
    const start = opened < stretches.length ? starts[byStart[opened]!]! : Infinity;
    const end = ends[byEnd[closed]!]!;
    const atUs = Math.min(start, end);
    const top = layers.findIndex(({ running }) => running > 0);
    if (top >= 0 && atUs > nowUs) {
      const { weights, running } = layers[top]!;
      for (let at = 0; at < us.length; at++) us[at] = us[at]! + ((atUs - nowUs) * weights[at]!) / running;
      if (top === MODEL) thinkingUs += atUs - nowUs;
    }
    nowUs = atUs;
    if (start <= end) change(stretches[byStart[opened++]!]!, 1);
    else change(stretches[byEnd[closed++]!]!, -1);
  }
  return { us, thinkingUs };
}
