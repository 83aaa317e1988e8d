import type { JsonObject } from '../../model/json.ts';
import { printable } from '../excerpt.ts';

/** What a step says that has no place of its own. */
export function extraOf(step: JsonObject): JsonObject {
  const rest: JsonObject = {};
  for (const name in step)
    if (!STEP_FIELDS.has(name) && name !== '__proto__') rest[name] = printable(step[name]);
  return rest;
}

const STEP_FIELDS = new Set([
  'step_id',
  'timestamp',
  'source',
  'model_name',
  'reasoning_effort',
  'message',
  'reasoning_content',
  'tool_calls',
  'observation',
  'metrics',
  'llm_call_count',
  'is_copied_context',
]);
