import type { Activity } from './activity.ts';
import { RESEARCH_PCT } from './allocation.ts';

/** What a figure means up to a bound; the first bound that is not exceeded decides. */
type Bands = readonly (readonly [most: number, meaning: string])[];

/** Reads for each write, as the second seed reads them. */
const EFFICIENCY: Bands = [
  [0.5, 'very low exploration, straight to edits'],
  [1.5, 'balanced, some exploration before changes'],
  [3, 'high exploration, methodical comprehension'],
  [Infinity, 'possibly over-exploration or confusion'],
];

/** Points of comprehension above the research's; agents usually are 17 to 37 below. */
const COMPREHENSION_GAP: Bands = [
  [-37, 'rushing to implementation, more than agents usually do'],
  [-17, 'as agents usually are, understanding less before they act'],
  [0, 'nearly as methodical as developers'],
  [Infinity, 'more methodical than developers'],
];

const CYCLES: Bands = [
  [3, 'good comprehension, a targeted fix'],
  [10, 'trial and error, moderate comprehension'],
  [Infinity, 'poor comprehension, thrashing'],
];

/** Fewer searches than the seed expects of a run with MCP servers (10 to 50, and more). */
const FEW_SEARCHES = 10;

/** What the figures of a run mean, as sentences, by the bands of the second seed. Empty without any tool call. */
export function interpretationsOf(activity: Activity): string[] {
  const { allocation, navigation, contextSwitching } = activity;
  if (allocation.pct === null || allocation.gap === null) return [];
  const found = [
    `${share('Comprehension', allocation.pct.comprehension, RESEARCH_PCT.comprehension)}: ${comprehension(allocation.gap.comprehension, allocation.pct.implementation)}.`,
    `${share('Navigation', allocation.pct.navigation, RESEARCH_PCT.navigation)}.`,
  ];
  if (navigation.reads + navigation.writes > 0)
    found.push(
      `${amount(navigation.reads, 'read')} and ${amount(navigation.writes, 'write')} of files: ${meaningOf(navigation.efficiency, EFFICIENCY)}.`,
    );
  found.push(...servers(activity), ...cycles(activity));
  if (contextSwitching.thrashing)
    found.push(
      `${contextSwitching.rapid} switches between files came less than 30 s after the one before: thrashing.`,
    );
  return found;
}

/** Who hardly implements does not rush to it, however little is comprehension by the rules. */
function comprehension(gap: number, implementationPct: number): string {
  return gap <= COMPREHENSION_GAP[0]![0] && implementationPct <= RESEARCH_PCT.implementation
    ? 'less than agents usually have, though not for rushing to implementation'
    : meaningOf(gap, COMPREHENSION_GAP);
}

function servers({ arm, toolUsage: { mcpSearches, mcpTools } }: Activity): string[] {
  if (arm === 'mcp' && mcpSearches === 0 && mcpTools.length > 0)
    return [`No MCP search, though ${amount(mcpTools.length, 'tool')} of MCP servers answered calls.`];
  if (arm === 'mcp' && mcpSearches === 0)
    return ['No MCP search in a run of the MCP arm: its servers may not be working.'];
  if (arm === 'mcp' && mcpSearches < FEW_SEARCHES)
    return [`${amount(mcpSearches, 'MCP search', 'MCP searches')}: fewer than the 10 to 50 that are usual.`];
  if (arm === 'baseline' && mcpSearches > 0)
    return [
      `${amount(mcpSearches, 'MCP search', 'MCP searches')} in a run of the baseline arm: the arms are not apart.`,
    ];
  return [];
}

function cycles({ buildTest: { cyclesToSuccess, testRuns, cycles: all } }: Activity): string[] {
  if (cyclesToSuccess !== null)
    return [
      `The tests passed at the ${ordinal(cyclesToSuccess)} run: ${meaningOf(cyclesToSuccess, CYCLES)}.`,
    ];
  if (testRuns === 0) return [];
  const unknown = all.some(({ action, result }) => action === 'test' && result === null);
  return [
    unknown
      ? `None of ${amount(testRuns, 'test run')} is known to have passed.`
      : `None of ${amount(testRuns, 'test run')} has passed.`,
  ];
}

function meaningOf(value: number, bands: Bands): string {
  return bands.find(([most]) => value <= most)![1];
}

function share(phase: string, pct: number, research: number): string {
  const gap = pct - research;
  const points = `${Math.abs(gap).toFixed(1)} points ${gap < 0 ? 'below' : 'above'}`;
  return `${phase} takes ${pct.toFixed(1)} % of the actions, ${points} the ${research} % of developers`;
}

function amount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function ordinal(count: number): string {
  const [tens, ones] = [count % 100, count % 10];
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${count}${ending}`;
}
