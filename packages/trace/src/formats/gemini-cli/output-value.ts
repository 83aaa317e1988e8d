import { isObject, type JsonObject } from '../../model/json.ts';

/** What each event of `--output-format stream-json` has beside its type: other tools use the same words. */
const EVENTS: Record<string, (value: JsonObject) => boolean> = {
  init: (value) => typeof value.session_id === 'string' && typeof value.timestamp === 'string',
  message: (value) => typeof value.role === 'string' && typeof value.timestamp === 'string',
  tool_use: (value) => typeof value.tool_name === 'string' && typeof value.tool_id === 'string',
  tool_result: (value) => typeof value.tool_id === 'string' && typeof value.status === 'string',
  error: (value) => typeof value.severity === 'string' && typeof value.message === 'string',
  result: (value) => value.subtype === undefined && (isObject(value.stats) || value.status === 'error'),
};

const MEMBERS = new Set(['session_id', 'response', 'stats', 'error', 'warnings']);

export function isStreamEvent(value: JsonObject): boolean {
  const { type } = value;
  return typeof type === 'string' && Object.hasOwn(EVENTS, type) && EVENTS[type]!(value);
}

/** The one object of `--output-format json`. A failed run has an error, and often nothing else. */
export function isReport(value: JsonObject): boolean {
  const { stats, error } = value;
  if (isObject(stats) && isObject(stats.models)) return value.response !== undefined || isObject(stats.tools);
  return (
    isObject(error) &&
    typeof error.message === 'string' &&
    typeof value.session_id === 'string' &&
    Object.keys(value).every((name) => MEMBERS.has(name))
  );
}

/** As many lines of other programs may stand before the first value. */
const MOST_LINES_BEFORE = 400;
/** A value that goes on over lines, or is too long for the head. */
const BEGINNING =
  /^\s*\{\s*"(?:session_id|response|stats|error)"\s*:|^\{"type":"(?:init|message|tool_use|tool_result)","timestamp":"/;

/** Whether a text is an output of the CLI and none of its session files; undefined as long as nothing says so. */
export function isOutput(text: string, complete: boolean): boolean | undefined {
  const lines = text.split('\n', MOST_LINES_BEFORE);
  if (!complete && lines.length < MOST_LINES_BEFORE) lines.pop();
  for (const [at, line] of lines.entries()) {
    const begun = line.trim();
    if (/^\[\s*(?:\{|$)/.test(begun)) return false;
    if (!begun.startsWith('{')) continue;
    const value = parsed(begun);
    if (isObject(value)) return isStreamEvent(value) || isReport(value);
    // Its first member may stand on the next line.
    if (begun === '{' && lines[at + 1] === undefined) return complete ? false : undefined;
    if (value === undefined && BEGINNING.test(`${begun}${lines[at + 1] ?? ''}`)) return true;
    if (begun === '{' || at === 0) return false;
  }
  return complete || lines.length >= MOST_LINES_BEFORE ? false : undefined;
}

/** The same where the text ends within its first value. */
export function beginsOutput(text: string): boolean {
  return BEGINNING.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
