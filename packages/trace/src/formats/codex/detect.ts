import { isObject, type JsonObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headValues } from '../json-lines.ts';
import { kindOf, MOST_LINES_BEFORE } from './exec-event.ts';
import { lineOf } from './line.ts';

const LINES = 40;

/** The beginning of a line that is too long for the head: a session's first line carries the whole system prompt. */
const BEGINNING =
  /^\s*\{"timestamp":\s*"[^"]{10,40}",\s*(?:"ordinal":\s*\d+,\s*)?"type":\s*"(?:session_meta|response_item|event_msg|turn_context|compacted|world_state)",\s*"payload":\s*\{/;

/** A first event that is too long for the head: an item holds all that a command printed. */
const ITEM =
  /^\{"type":"item\.(?:started|updated|completed)","item":\{"id":"[^"]{1,100}","(?:item_)?type":"/m;

/** How sure we are that this is a rollout of Codex, or what `codex exec --json` printed. */
export function detect(head: Head): Likelihood {
  const ofRollout = detectRollout(head);
  return ofRollout > 0 ? ofRollout : isExecLog(head) ? 0.9 : 0;
}

function isExecLog({ text }: Head): boolean {
  const lines = text.split('\n', MOST_LINES_BEFORE);
  const kind = kindOf(lines.map((text, at) => ({ text, number: at + 1, offset: 0, whole: true })));
  return kind === 'exec' || ITEM.test(text);
}

function detectRollout(head: Head): Likelihood {
  const values = headValues(head, LINES);
  if (values.length === 0) return BEGINNING.test(head.text) ? 0.9 : 0;
  const wrapped = values.filter((value) => isObject(value) && isWrapped(value)).length;
  if (wrapped > 0) return 0.5 + 0.45 * (wrapped / values.length);
  // Bare items look like any API's messages: only the line before them says whose they are.
  const [first, ...rest] = values;
  if (!isObject(first) || lineOf(first)?.kind !== 'session_meta') return 0;
  const bare = rest.filter((value) => isObject(value) && lineOf(value) !== undefined).length;
  return rest.length === 0 ? 0.55 : 0.5 + 0.4 * (bare / rest.length);
}

function isWrapped(value: JsonObject): boolean {
  const line = lineOf(value);
  return line !== undefined && line.kind !== 'other' && isObject(value.payload) && line.us !== undefined;
}
