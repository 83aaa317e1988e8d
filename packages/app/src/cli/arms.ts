import { isObject, type JsonObject, type JsonValue } from '@tacho/trace/model/json';

/** A document of enterprise metrics, and the two sides of a comparison of them. */
export type Arm = { name: string; runs: JsonObject[] };
export type Arms = { baseline: Arm; treatment: Arm; left: JsonObject[] };

/** A figure of two arms: means over the runs in which it is known; null where it is known in none. */
export type ComparedFigure = {
  figure: string;
  baseline: number | null;
  treatment: number | null;
  difference: number | null;
  /** Per cent of the baseline; null where that is 0 or unknown. */
  differencePct: number | null;
};

export type ArmComparison = {
  baseline: { name: string; runs: number };
  treatment: { name: string; runs: number };
  figures: ComparedFigure[];
  /** The arm whose shares of actions are nearer to developers', in points; null where they are equally far, or unknown. */
  closerToResearch: 'baseline' | 'treatment' | null;
  distance: { baseline: number | null; treatment: number | null };
  verdict: string;
};

/** What is compared, by where it stands in the document. */
export const FIGURES = [
  'tokens.total',
  'tokens.cost_usd',
  'execution.total_duration',
  'time_allocation.total_actions',
  'time_allocation.comprehension_pct',
  'time_allocation.navigation_pct',
  'time_allocation.implementation_pct',
  'time_allocation.testing_pct',
  'time_allocation.time_to_first_edit',
  'navigation.navigation_efficiency',
  'tool_usage.mcp_searches',
  'context_switching.rapid_switches',
  'build_test.cycles_to_success',
  'errors.total_errors',
  'quality_indicators.correctness_score',
] as const;

/** Fewer runs an arm than this say nothing of whether one is better. */
const FEW_RUNS = 5;

/**
 * The two sides: of two runs the first and the second, of more the runs of the baseline and of the MCP arm. Undefined
 * where there are no two sides.
 */
export function armsOf(documents: readonly JsonObject[]): Arms | undefined {
  const [first, second] = documents;
  const named = (arm: string): JsonObject[] => documents.filter((one) => armIn(one) === arm);
  const [baseline, treatment] = [named('baseline'), named('mcp')];
  if (baseline.length > 0 && treatment.length > 0)
    return {
      baseline: { name: 'baseline', runs: baseline },
      treatment: { name: 'mcp', runs: treatment },
      left: documents.filter((one) => armIn(one) === 'other'),
    };
  if (documents.length !== 2) return undefined;
  return {
    baseline: { name: runNameIn(first!), runs: [first!] },
    treatment: { name: runNameIn(second!), runs: [second!] },
    left: [],
  };
}

export function compareArms({ baseline, treatment }: Arms): ArmComparison {
  const figures = FIGURES.map((figure): ComparedFigure => {
    const [before, after] = [meanOf(baseline, figure), meanOf(treatment, figure)];
    const difference = before === null || after === null ? null : after - before;
    const differencePct = difference === null || before === 0 ? null : (difference / before!) * 100;
    return { figure, baseline: before, treatment: after, difference, differencePct };
  });
  const distance = { baseline: distanceOf(baseline), treatment: distanceOf(treatment) };
  const { baseline: near, treatment: far } = distance;
  return {
    baseline: { name: baseline.name, runs: baseline.runs.length },
    treatment: { name: treatment.name, runs: treatment.runs.length },
    figures,
    closerToResearch:
      near === null || far === null || near === far ? null : near < far ? 'baseline' : 'treatment',
    distance,
    verdict: verdictOf(baseline.runs.length, treatment.runs.length),
  };
}

/** The figure at `section.name` of a document; null where it is not known. */
export function figureAt(document: JsonObject, path: string): number | null {
  const value = path
    .split('.')
    .reduce<JsonValue | undefined>((at, name) => (isObject(at) ? at[name] : undefined), document);
  return typeof value === 'number' ? value : null;
}

function verdictOf(before: number, after: number): string {
  const counts = `${before} ${before === 1 ? 'run' : 'runs'} against ${after}`;
  return Math.min(before, after) < FEW_RUNS
    ? `Too little data: ${counts} cannot tell a difference from chance.`
    : `Means only: ${counts}. \`tacho compare\` tells whether a difference is more than chance.`;
}

function meanOf({ runs }: Arm, path: string): number | null {
  const known = runs.map((one) => figureAt(one, path)).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Points that an arm's shares of comprehension and navigation are away from developers', together. */
function distanceOf(arm: Arm): number | null {
  const [one, other] = ['comprehension_gap', 'navigation_gap'].map((gap) =>
    meanOf(arm, `time_allocation.baseline_comparison.${gap}`),
  );
  return one === null || other === null ? null : Math.abs(one!) + Math.abs(other!);
}

function armIn(document: JsonObject): JsonValue | undefined {
  return isObject(document.metadata) ? document.metadata.agent_type : undefined;
}

export function runNameIn(document: JsonObject): string {
  const { metadata } = document;
  return isObject(metadata) && typeof metadata.name === 'string' ? metadata.name : 'run';
}
