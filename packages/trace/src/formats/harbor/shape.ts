import { asString, isObject, type JsonObject } from '../../model/json.ts';

/** The documents of a job's folder. The two `result.json` and the two `config.json` differ by content alone. */
export type HarborShape = 'trial-result' | 'trial-config' | 'job-result' | 'job-config' | 'tests';

/** What only a trial's result has beside its names. */
const OUTCOMES = [
  'verifier_result',
  'agent_result',
  'agent_execution',
  'agent_info',
  'exception_info',
  'step_results',
];

/** One row a document: the first that fits says which it is. */
const SHAPES: readonly (readonly [HarborShape, (value: JsonObject) => boolean])[] = [
  ['job-result', (value) => typeof value.n_total_trials === 'number' && isObject(value.stats)],
  [
    'trial-result',
    (value) =>
      (named(value.trial_name) || named(value.task_name) || value.task_id !== undefined) &&
      OUTCOMES.some((field) => value[field] !== undefined) &&
      // The seed's own manifest says the same under other names.
      !isObject(value.tool_profile),
  ],
  [
    'trial-config',
    (value) =>
      named(value.trial_name) && isObject(value.task) && (isObject(value.agent) || named(value.trials_dir)),
  ],
  [
    'job-config',
    (value) =>
      named(value.job_name) && ['agents', 'tasks', 'datasets'].some((field) => Array.isArray(value[field])),
  ],
  [
    'tests',
    ({ results }) =>
      isObject(results) && isObject(results.summary) && typeof results.summary.tests === 'number',
  ],
];

/** Which of Harbor's documents a value is; undefined for every other. */
export function harborShape(value: unknown): HarborShape | undefined {
  return isObject(value) ? SHAPES.find(([, fits]) => fits(value))?.[0] : undefined;
}

/** The name that a trial's result and its config share; it is unique among all jobs, and the run's id. */
export function trialNameOf(value: JsonObject): string | undefined {
  const config = isObject(value.config) ? value.config : undefined;
  return asString(value.trial_name) ?? asString(config?.trial_name);
}

function named(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
