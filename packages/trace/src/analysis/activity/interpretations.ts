import type { Activity } from './activity.ts';
import { RESEARCH_PCT } from './allocation.ts';

/** Reads for each write, as the second seed reads them; the first bound that is not exceeded decides. */
const EFFICIENCY_BANDS: readonly (readonly [number, string])[] = [
  [0.5, 'very low exploration, straight to edits'],
  [1.5, 'balanced, some exploration before changes'],
  [3, 'high exploration, methodical comprehension'],
  [Infinity, 'possibly over-exploration or confusion'],
];

/** What the figures of a run mean, as sentences, by the bands of the second seed. Empty without any tool call. */
export function interpretationsOf(activity: Activity): string[] {
  const { allocation, navigation, contextSwitching } = activity;
  if (allocation.pct === null || allocation.gap === null) return [];
  const found = [
    share('Comprehension', allocation.pct.comprehension, RESEARCH_PCT.comprehension),
    share('Navigation', allocation.pct.navigation, RESEARCH_PCT.navigation),
  ];
  if (navigation.reads + navigation.writes > 0) {
    const band = EFFICIENCY_BANDS.find(([most]) => navigation.efficiency <= most)![1];
    found.push(`${navigation.reads} reads and ${navigation.writes} writes of files: ${band}.`);
  }
  if (contextSwitching.thrashing)
    found.push(
      `${contextSwitching.rapid} switches between files came less than 30 s after the one before: thrashing.`,
    );
  return found;
}

function share(phase: string, pct: number, research: number): string {
  const gap = pct - research;
  const points = `${Math.abs(gap).toFixed(1)} points ${gap < 0 ? 'below' : 'above'}`;
  return `${phase} takes ${pct.toFixed(1)} % of the actions, ${points} the ${research} % of developers.`;
}
