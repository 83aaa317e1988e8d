import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields, SpanRecord, TraceRecord } from '../../model/record.ts';
import { usToSeconds } from '../../model/time.ts';
import { jobOf, labelsOf } from './labels.ts';
import { numbersIn, scoresOf } from './rewards.ts';
import {
  AGENT_EXECUTION,
  errorOf,
  failedStage,
  reportedUsage,
  STAGES,
  stageSpan,
  stepId,
  type Times,
  timesOf,
  VERIFIER,
} from './stages.ts';

/** Fields that become something better than an attribute. */
const TOLD = new Set([
  'task_name',
  'trial_name',
  'source',
  'agent_result',
  'verifier_result',
  'exception_info',
  'started_at',
  'finished_at',
  'step_results',
  'patch_info',
  ...STAGES,
]);

/** A trial's result. `whole` is false where the document was torn or damaged: then it does not end the run. */
export function trialRecords(trial: JsonObject, whole: boolean): TraceRecord[] {
  const error = errorOf(trial.exception_info);
  const own = timesOf(trial);
  const spans = stageRecords(trial, own, error);
  const records: TraceRecord[] = [
    {
      event: 'run_start',
      ...(own.startUs !== undefined && { ts: usToSeconds(own.startUs) }),
      ...describe(trial),
      ...outputOf(trial),
    },
    ...spans,
    ...scoresOf(numbersIn(rewardsOf(trial.verifier_result))),
    ...stepScores(trial),
  ];
  // A trial that is at work has a result without an end.
  if (
    whole &&
    (own.endUs !== undefined || (own.startUs === undefined && trial.verifier_result !== undefined))
  )
    records.push({
      event: 'run_end',
      ...(own.endUs !== undefined && { ts: usToSeconds(own.endUs) }),
      // Reward and exception may come together: the run went wrong, whatever the verifier says of what it left behind.
      status: error ? 'error' : 'ok',
      ...(error && { error }),
    });
  return records;
}

/** A trial's config: what is known before it has a result. */
export function configRecords(config: JsonObject): TraceRecord[] {
  return [{ event: 'run_update', ...describe(config), attributes: { config: withoutEnv(config) } }];
}

function describe(trial: JsonObject): {
  name?: string;
  session_id?: string;
  labels: JsonObject;
  attributes: JsonObject;
} {
  const config = isObject(trial.config) ? trial.config : trial;
  const labels = labelsOf(trial);
  const name = asString(trial.task_name) ?? asString(labels.task_id) ?? asString(labels.trial);
  const job = jobOf(config);
  return {
    ...(name !== undefined && { name }),
    ...(job !== undefined && { session_id: job }),
    labels,
    attributes: {
      ...rest(trial),
      ...(isNaive(trial.started_at) && { naive_times: true }),
    },
  };
}

/** What nobody has looked at. The environment of the agent holds keys, and is nobody's business. */
function rest(trial: JsonObject): JsonObject {
  const kept = Object.entries(trial).filter(([field, value]) => !TOLD.has(field) && value !== null);
  return Object.fromEntries(
    kept.map(([field, value]) => [field, field === 'config' && isObject(value) ? withoutEnv(value) : value]),
  );
}

function withoutEnv(config: JsonObject): JsonObject {
  if (!isObject(config.agent) || config.agent.env === undefined) return { ...config };
  const { env: _, ...agent } = config.agent;
  return { ...config, agent };
}

/** A time without zone is the writer's local time; read on a machine elsewhere it is off by hours. */
function isNaive(value: JsonValue | undefined): boolean {
  return (
    typeof value === 'string' && /\d{2}:\d{2}/.test(value) && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(value.trim())
  );
}

function stageRecords(trial: JsonObject, own: Times, error: ErrorFields | undefined): SpanRecord[] {
  const steps = stepsOf(trial);
  const times = new Map<string, Times>();
  for (const stage of STAGES) {
    const found = timesOf(trial[stage]);
    if (found.startUs !== undefined) times.set(stage, found);
  }
  const result = isObject(trial.agent_result) ? trial.agent_result : undefined;
  // The agent worked, whether or not it is said when: its calls and its tokens need a place.
  if (!times.has(AGENT_EXECUTION) && (result !== undefined || steps.length > 0))
    times.set(AGENT_EXECUTION, extentOf(steps) ?? own);
  const failed = failedStage(error, times);
  const spans = STAGES.filter((stage) => times.has(stage)).map((stage) =>
    stageSpan(stage, stage, times.get(stage)!, stage === failed ? error : undefined),
  );
  const execution = spans.find(({ span_id }) => span_id === AGENT_EXECUTION);
  if (execution && result) reportOn(execution, result, trial);
  return [...spans, ...steps.flatMap((step) => stepSpans(step, trial))];
}

/** Tokens, cost and what else the agent's context says, on the stage in which it worked. */
function reportOn(span: SpanRecord, result: JsonObject, trial: JsonObject): void {
  const usage = reportedUsage(result);
  const cost = asNumber(result.cost_usd);
  const { model, provider } = labelsOf(trial);
  if (usage) {
    span.usage = usage;
    if (typeof model === 'string') span.model = model;
    if (typeof provider === 'string') span.provider = provider;
  }
  if (cost !== undefined && cost >= 0) span.cost_usd = cost;
  if (isObject(result.metadata)) span.attributes = { metadata: result.metadata };
  // Token ids and logprobs of every turn: megabytes, which belong to the payload.
  if (result.rollout_details !== null && result.rollout_details !== undefined)
    span.outputs = { rollout_details: result.rollout_details };
}

function stepsOf(trial: JsonObject): JsonObject[] {
  return Array.isArray(trial.step_results) ? trial.step_results.filter(isObject) : [];
}

function nameOfStep(step: JsonObject): string {
  return asString(step.step_name) ?? 'unnamed';
}

/** From the first step's beginning to the last one's end. */
function extentOf(steps: readonly JsonObject[]): Times | undefined {
  const times = steps.map((step) => stepTimes(step)).filter(({ startUs }) => startUs !== undefined);
  if (times.length === 0) return undefined;
  const startUs = times.reduce((first, { startUs }) => Math.min(first, startUs!), Number.POSITIVE_INFINITY);
  const ended = times.every(({ endUs }) => endUs !== undefined);
  return { startUs, ...(ended && { endUs: times.reduce((last, { endUs }) => Math.max(last, endUs!), 0) }) };
}

function stepTimes(step: JsonObject): Times {
  const [agent, verifier] = [timesOf(step[AGENT_EXECUTION]), timesOf(step[VERIFIER])];
  const startUs = agent.startUs ?? verifier.startUs;
  const endUs = verifier.endUs ?? (verifier.startUs === undefined ? agent.endUs : undefined);
  return { ...(startUs !== undefined && { startUs }), ...(endUs !== undefined && { endUs }) };
}

function stepSpans(step: JsonObject, trial: JsonObject): SpanRecord[] {
  const name = nameOfStep(step);
  const error = errorOf(step.exception_info);
  const parts = [AGENT_EXECUTION, VERIFIER]
    .map((stage) => ({ stage, times: timesOf(step[stage]) }))
    .filter(({ times }) => times.startUs !== undefined);
  const failed = failedStage(error, new Map(parts.map(({ stage, times }) => [stage, times])));
  const spans = parts.map(({ stage, times }) => ({
    ...stageSpan(stepId(name, stage), stage, times, stage === failed ? error : undefined),
    parent: stepId(name),
  }));
  const execution = spans.find(({ name }) => name === AGENT_EXECUTION);
  if (execution && isObject(step.agent_result)) reportOn(execution, step.agent_result, trial);
  if (spans.length === 0) return [];
  return [{ ...stageSpan(stepId(name), name, stepTimes(step), error), parent: AGENT_EXECUTION }, ...spans];
}

function stepScores(trial: JsonObject): TraceRecord[] {
  return stepsOf(trial).flatMap((step) =>
    scoresOf(numbersIn(rewardsOf(step.verifier_result)), nameOfStep(step)),
  );
}

function rewardsOf(result: JsonValue | undefined): JsonValue | undefined {
  return isObject(result) ? result.rewards : undefined;
}

/** The patch, where the harness measured it. */
function outputOf(trial: JsonObject): { output?: JsonObject } {
  if (!isObject(trial.patch_info)) return {};
  const { size_bytes: patch, files_changed: files } = trial.patch_info;
  return {
    output: {
      ...(asNumber(patch) !== undefined && { patch_bytes: asNumber(patch)! }),
      ...(asNumber(files) !== undefined && { files_changed: asNumber(files)! }),
    },
  };
}
