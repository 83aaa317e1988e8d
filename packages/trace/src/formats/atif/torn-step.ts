import { isObject, type JsonObject } from '../../model/json.ts';

/**
 * What can be told of a step that was cut off; undefined when nothing can. Tools without an id would get another one when the
 * rest is there; and what is copied from another trajectory says so behind its words, where it may be lost: then only what
 * counts tokens is surely the agent's own.
 */
export function tornStep(step: JsonObject, mayBeCopied: boolean): JsonObject | undefined {
  if (step.source === undefined || step.message === undefined) return undefined;
  if (mayBeCopied && step.metrics === undefined) return undefined;
  if (!Array.isArray(step.tool_calls)) return step;
  return {
    ...step,
    tool_calls: step.tool_calls.filter((tool) => isObject(tool) && tool.tool_call_id !== undefined),
  };
}

/** A trajectory whose last step may be cut off. */
export function tornTrajectory(trajectory: JsonObject): JsonObject {
  const steps = Array.isArray(trajectory.steps) ? trajectory.steps.filter(isObject) : [];
  const last = steps.pop();
  const kept = last === undefined ? undefined : tornStep(last, true);
  return { ...trajectory, steps: kept === undefined ? steps : [...steps, kept] };
}
