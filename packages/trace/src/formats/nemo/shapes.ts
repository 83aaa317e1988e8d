import { isObject, type JsonObject } from '../../model/json.ts';

/** One step as the toolkit's file exporter writes it. */
export function isStep(value: JsonObject): boolean {
  const { payload } = value;
  return isObject(payload) && typeof payload.event_type === 'string' && typeof payload.UUID === 'string';
}

/** The steps of one request: an item of the profiler's or the evaluation's output. */
export function isRequest(value: JsonObject): boolean {
  const { intermediate_steps: steps } = value;
  return Array.isArray(steps) && steps.every((step) => isObject(step) && isStep(step));
}

/** An event of the toolkit's newer trajectory stream. */
export function isAtof(value: JsonObject): boolean {
  return value.atof_version !== undefined && typeof value.uuid === 'string' && typeof value.kind === 'string';
}

/** A workflow and its tool calls in one object. */
export function isWorkflowTrace(value: JsonObject): boolean {
  return typeof value.workflow_name === 'string' && Array.isArray(value.tool_calls);
}
