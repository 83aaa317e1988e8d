import { isObject, type JsonObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';

const VERSION = /^ATIF-v\d/i;

/** How sure we are that this is a trajectory, or something of Harbor's that is taken for one and can say what it is. */
export function detect(head: Head): Likelihood {
  const value = headDocument(head);
  if (Array.isArray(value)) return isObject(value[0]) && isChatExport(value[0]) ? 0.6 : 0;
  if (!isObject(value)) return 0;
  if (isVersion(value.schema_version)) return 0.98;
  if (typeof value.schema_version === 'string' && Array.isArray(value.steps)) return 0.5;
  return looksAlike(value) ? 0.6 : 0;
}

export function isVersion(value: unknown): boolean {
  return typeof value === 'string' && VERSION.test(value);
}

/** A trajectory whose version was lost. */
function looksAlike({ agent, steps }: JsonObject): boolean {
  const step = Array.isArray(steps) ? steps[0] : undefined;
  return (
    isObject(agent) &&
    agent.name !== undefined &&
    isObject(step) &&
    step.step_id !== undefined &&
    step.source !== undefined
  );
}

/** An entry of a `*.traces.json`: one conversation with the model, exported for training. */
export function isChatExport(value: JsonObject): boolean {
  return (
    Array.isArray(value.conversations) && (value.episode !== undefined || value.trial_name !== undefined)
  );
}
