import { isObject, type JsonObject } from '../../model/json.ts';

/** What makes an object a message of `claude -p`: its type, and fields that no other tool's lines of that type have. */
const MARKS: Record<string, (line: JsonObject) => boolean> = {
  system: (line) => typeof line.subtype === 'string' && typeof line.session_id === 'string',
  assistant: isTurn,
  user: isTurn,
  stream_event: (line) => isObject(line.event) && typeof line.session_id === 'string',
  rate_limit_event: (line) => isObject(line.rate_limit_info),
  tool_progress: (line) => line.tool_use_id !== undefined && typeof line.session_id === 'string',
  result: isResult,
};

function isTurn(line: JsonObject): boolean {
  return isObject(line.message) && typeof line.session_id === 'string' && line.parentUuid === undefined;
}

/** The object that says how it went: what `--output-format json` prints, and the last line of stream-json. */
export function isResult(line: JsonObject): boolean {
  return (
    line.type === 'result' &&
    typeof line.subtype === 'string' &&
    (line.total_cost_usd !== undefined || line.num_turns !== undefined || line.duration_ms !== undefined)
  );
}

export function isMessage(line: JsonObject): boolean {
  const { type } = line;
  return typeof type === 'string' && Object.hasOwn(MARKS, type) && MARKS[type]!(line);
}

/** An answer of the API, or what a script kept of it: usage and model, and nothing that says whose it is. */
export function isBareUsage(line: JsonObject): boolean {
  const { usage } = line;
  return (
    isObject(usage) &&
    typeof usage.input_tokens === 'number' &&
    typeof usage.output_tokens === 'number' &&
    (line.type === undefined || line.type === 'message') &&
    line.object === undefined &&
    line.event === undefined
  );
}
