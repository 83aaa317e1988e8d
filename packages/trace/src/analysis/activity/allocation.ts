import type { Action } from './actions.ts';
import { PHASES, type Phase } from './deed.ts';
import type { PhaseTime } from './phase-time.ts';

/** Shares of developers' time in the research that the second seed cites, in per cent; implementation is what is left. */
export const RESEARCH_PCT = { comprehension: 58, navigation: 35, implementation: 7 } as const;

type Gap = { comprehension: number; navigation: number };

/** How a run's actions, and apart from them its time, fall into phases. */
export type Allocation = {
  totalActions: number;
  actions: Record<Phase, number>;
  otherActions: number;
  /** Per cent of all actions, those of no phase among them; null without any: nothing is no share of nothing. */
  pct: Record<Phase, number> | null;
  /** Points from the research's shares. */
  gap: Gap | null;
  /** Null where no times are known. */
  time: PhaseTime | null;
  /** Per cent of the time in which something ran; null where nothing did. */
  timePct: Record<Phase, number> | null;
  timeGap: Gap | null;
  /** µs from the run's start to the first edit that did not fail, and to the first test. Null: there was none. */
  firstEditUs: number | null;
  firstTestUs: number | null;
};

/** Counts each action once, in its one phase or in none (G17). */
export function allocationOf(
  actions: readonly Action[],
  time: PhaseTime | null = null,
  runStartUs = actions[0]?.startUs ?? 0,
): Allocation {
  const counts: Record<Phase, number> = { comprehension: 0, navigation: 0, implementation: 0, testing: 0 };
  let otherActions = 0;
  for (const { phase } of actions) {
    if (phase === null) otherActions++;
    else counts[phase]++;
  }
  const pct = sharesOf(counts, actions.length);
  const workedUs = time === null ? 0 : time.wallUs - time.idleUs;
  const timePct = time === null ? null : sharesOf(time.phaseUs, workedUs);
  const since = (action: Action | undefined): number | null =>
    action === undefined || runStartUs <= 0 ? null : Math.max(0, action.startUs - runStartUs);
  return {
    totalActions: actions.length,
    actions: counts,
    otherActions,
    pct,
    gap: gapOf(pct),
    time,
    timePct,
    timeGap: gapOf(timePct),
    firstEditUs: since(actions.find(({ edits, ok }) => edits && ok !== false)),
    firstTestUs: since(actions.find(({ tests }) => tests)),
  };
}

function sharesOf(amounts: Record<Phase, number>, whole: number): Record<Phase, number> | null {
  if (whole <= 0) return null;
  const shares = { ...amounts };
  for (const phase of PHASES) shares[phase] = (amounts[phase] / whole) * 100;
  return shares;
}

function gapOf(pct: Record<Phase, number> | null): Gap | null {
  return (
    pct && {
      comprehension: pct.comprehension - RESEARCH_PCT.comprehension,
      navigation: pct.navigation - RESEARCH_PCT.navigation,
    }
  );
}
