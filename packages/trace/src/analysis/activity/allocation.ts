import { type Action, PHASES, type Phase } from './actions.ts';

/** Shares of developers' time in the research that the second seed cites, in per cent. */
export const RESEARCH_PCT = { comprehension: 58, navigation: 35 } as const;

/** How a run's actions fall into phases. Shares are of all actions; with the others they add up. */
export type Allocation = {
  totalActions: number;
  actions: Record<Phase, number>;
  otherActions: number;
  /** Per cent of all actions; null without any: nothing is no share of nothing. */
  pct: Record<Phase, number> | null;
  /** Points from the research's shares. */
  gap: { comprehension: number; navigation: number } | null;
};

/** Counts each action once, in its one phase or in none (G17). */
export function allocationOf(actions: readonly Action[]): Allocation {
  const counts: Record<Phase, number> = { comprehension: 0, navigation: 0, implementation: 0, testing: 0 };
  let otherActions = 0;
  for (const { phase } of actions) {
    if (phase === null) otherActions++;
    else counts[phase]++;
  }
  const totalActions = actions.length;
  const base = { totalActions, actions: counts, otherActions };
  if (totalActions === 0) return { ...base, pct: null, gap: null };
  const pct = { ...counts };
  for (const phase of PHASES) pct[phase] = (counts[phase] / totalActions) * 100;
  return {
    ...base,
    pct,
    gap: {
      comprehension: pct.comprehension - RESEARCH_PCT.comprehension,
      navigation: pct.navigation - RESEARCH_PCT.navigation,
    },
  };
}
