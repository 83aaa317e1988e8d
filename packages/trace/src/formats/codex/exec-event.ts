import { isObject, type JsonObject } from '../../model/json.ts';
import type { Line } from '../lines.ts';
import { lineOf } from './line.ts';

/** What each event of `codex exec --json` has beside its type: types alone could be anybody's. */
const EVENTS: Record<string, (value: JsonObject) => boolean> = {
  'thread.started': (value) => typeof value.thread_id === 'string',
  'turn.started': () => true,
  'turn.completed': () => true,
  'turn.failed': (value) => isObject(value.error),
  'item.started': hasItem,
  'item.updated': hasItem,
  'item.completed': hasItem,
};

function hasItem({ item }: JsonObject): boolean {
  return isObject(item) && (typeof item.type === 'string' || typeof item.item_type === 'string');
}

export function isExecEvent(value: JsonObject): boolean {
  const { type } = value;
  return typeof type === 'string' && value.payload === undefined && Object.hasOwn(EVENTS, type)
    ? EVENTS[type]!(value)
    : false;
}

/** A log may have as many lines of other programs before its first event. */
export const MOST_LINES_BEFORE = 400;

/** Which of its two kinds a file of Codex is, by the first line that is one's own; undefined as long as there is none. */
export function kindOf(lines: readonly Line[]): 'rollout' | 'exec' | undefined {
  for (const { text } of lines.slice(0, MOST_LINES_BEFORE)) {
    const value = text.trimStart().startsWith('{') ? parsed(text) : undefined;
    if (!isObject(value)) continue;
    if (isExecEvent(value)) return 'exec';
    if (lineOf(value) !== undefined) return 'rollout';
  }
  return lines.length >= MOST_LINES_BEFORE ? 'rollout' : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
