import { asString, isObject, type JsonObject } from '../../model/json.ts';
import { parseTimestamp } from '../../model/time.ts';

/** A line of a rollout, whatever its generation. */
export type RolloutLine = {
  kind: 'session_meta' | 'turn_context' | 'response_item' | 'event_msg' | 'compacted' | 'other';
  /** The word of the line for itself, for the counts. */
  type: string;
  payload: JsonObject;
  /** Undefined for lines of the first generation, which say no time. */
  us: number | undefined;
};

const KINDS = new Set(['session_meta', 'turn_context', 'response_item', 'event_msg', 'compacted']);

/** Kinds of what a model says and is given, as the API names them: lines of the first generation are nothing else. */
const BARE_ITEMS = new Set([
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'web_search_call',
]);

/** What a line is; undefined when it is no rollout's. */
export function lineOf(value: JsonObject): RolloutLine | undefined {
  const us = parseTimestamp(value.timestamp);
  const type = asString(value.type);
  if (isObject(value.payload) && type !== undefined) {
    const { payload } = value;
    const detail = asString(payload.type);
    const kind = KINDS.has(type) ? (type as RolloutLine['kind']) : 'other';
    const known = kind === 'response_item' || kind === 'event_msg';
    return { kind, type: known && detail !== undefined ? `${type}/${detail}` : type, payload, us };
  }
  if (type !== undefined && BARE_ITEMS.has(type))
    return { kind: 'response_item', type: `response_item/${type}`, payload: value, us };
  if (isBareMeta(value)) return { kind: 'session_meta', type: 'session_meta', payload: value, us };
  // A remark on the state of the first generation's recorder.
  if (value.record_type !== undefined) return { kind: 'other', type: 'state', payload: value, us };
  return undefined;
}

/** The first line of a rollout of the first generation. */
function isBareMeta(value: JsonObject): boolean {
  return (
    typeof value.id === 'string' &&
    value.timestamp !== undefined &&
    (value.instructions !== undefined || value.git !== undefined) &&
    value.type === undefined
  );
}
