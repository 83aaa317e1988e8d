import type { JsonValue } from '../../model/json.ts';

/** Where two values differ first: `path` as `messages[3].content`, empty for the values themselves; no text: not there. */
export type Parting = { path: string; left?: string; right?: string };

/** Of a path, its end; of a text, a piece around the place where it differs. */
const PATH_LENGTH = 60;
const PIECE = 80;
const BEFORE = 16;

type Way = { up: Way | undefined; step: string | number };
type Waiting = { left: JsonValue | undefined; right: JsonValue | undefined; way: Way | undefined };

/** The first difference of two values, fields in the order of their names. Iterative: they may nest to any depth. */
export function firstParting(left: JsonValue | undefined, right: JsonValue | undefined): Parting | undefined {
  const waiting: Waiting[] = [{ left, right, way: undefined }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { left: one, right: other, way } = next;
    if (one === other) continue;
    if (Array.isArray(one) && Array.isArray(other)) {
      for (let at = Math.max(one.length, other.length) - 1; at >= 0; at--)
        waiting.push({ left: one[at], right: other[at], way: { up: way, step: at } });
    } else if (isFields(one) && isFields(other)) {
      const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
      for (const name of names.reverse())
        waiting.push({ left: own(one, name), right: own(other, name), way: { up: way, step: name } });
    } else {
      const from = typeof one === 'string' && typeof other === 'string' ? pieceStart(one, other) : 0;
      return {
        path: pathOf(way),
        ...(one !== undefined && { left: shown(one, from) }),
        ...(other !== undefined && { right: shown(other, from) }),
      };
    }
  }
  return undefined;
}

type Fields = { [name: string]: JsonValue };

function isFields(value: JsonValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(fields: Fields, name: string): JsonValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function pathOf(way: Way | undefined): string {
  let path = '';
  for (let part = way; part !== undefined; part = part.up) {
    const text = typeof part.step === 'number' ? `[${part.step}]` : part.step;
    const joined = path === '' || path.startsWith('[') ? text + path : `${text}.${path}`;
    if (joined.length > PATH_LENGTH) return `…${joined.slice(-PATH_LENGTH)}`;
    path = joined;
  }
  return path;
}

/** From where on two texts are shown: what they have in common is only shown next to where they differ. */
function pieceStart(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at < PIECE - BEFORE ? 0 : at - BEFORE;
}

function shown(value: JsonValue, from: number): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (isFields(value)) return '{…}';
  if (typeof value !== 'string') return String(value);
  const piece = value.slice(from, from + PIECE);
  return `“${from > 0 ? '…' : ''}${piece}${from + PIECE < value.length ? '…' : ''}”`;
}
