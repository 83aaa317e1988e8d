import type { JsonValue } from '../model/json.ts';

/** Limits for values that JSON cannot carry as they are. Ordinary values never come here. */
export const MAX_PLAIN_DEPTH = 100;
const MAX_TEXT = 100_000;
const MAX_ITEMS = 10_000;
/** Values in all: an object graph that shares its parts unfolds into a tree without end. */
const MAX_VALUES = 200_000;

/**
 * Whatever a program hands over, as something JSON can carry: cycles, BigInt, functions, errors, maps, sets, bytes, getters
 * and proxies that throw. Never throws. What had to be left out is named in its place, in square brackets.
 */
export function plainValue(value: unknown): JsonValue {
  valuesLeft = MAX_VALUES;
  return plain(value, 0, []);
}

let valuesLeft = 0;

function plain(value: unknown, depth: number, above: readonly object[]): JsonValue {
  switch (typeof value) {
    case 'string':
      return cut(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'bigint':
    case 'symbol':
      return cut(String(value));
    case 'undefined':
      return null;
    case 'function':
      return '[function]';
  }
  if (typeof value !== 'object' || value === null) return null;
  if (--valuesLeft < 0) return '[too much]';
  if (above.includes(value)) return '[circular]';
  if (depth >= MAX_PLAIN_DEPTH) return '[too deep]';
  try {
    return plainObject(value, depth + 1, [...above, value]);
  } catch (problem) {
    return `[unreadable: ${messageOf(problem)}]`;
  }
}

function plainObject(value: object, depth: number, above: readonly object[]): JsonValue {
  if (value instanceof Error) {
    const { name, message, stack } = value;
    return { name: cut(String(name)), message: cut(String(message)), stack: cut(String(stack ?? '')) };
  }
  if (value instanceof Map) return entries([...value], depth, above);
  if (value instanceof Set) return items([...value], depth, above);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return plain(value.toJSON(), depth, above);
  }
  if (Array.isArray(value)) return items(value, depth, above);
  return entries(
    Object.keys(value).map((key) => [key, readField(value, key)]),
    depth,
    above,
  );
}

function readField(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch (problem) {
    return `[unreadable: ${messageOf(problem)}]`;
  }
}

function items(values: readonly unknown[], depth: number, above: readonly object[]): JsonValue {
  const kept: JsonValue[] = [];
  for (let at = 0; at < Math.min(values.length, MAX_ITEMS); at++) kept.push(plain(values[at], depth, above));
  if (values.length > MAX_ITEMS) kept.push(`[${values.length - MAX_ITEMS} more]`);
  return kept;
}

function entries(
  pairs: readonly (readonly [unknown, unknown])[],
  depth: number,
  above: readonly object[],
): JsonValue {
  const kept: [string, JsonValue][] = [];
  for (const [key, value] of pairs.slice(0, MAX_ITEMS)) {
    if (value === undefined || typeof value === 'function') continue;
    kept.push([typeof key === 'string' ? key : (textOf(key) ?? '[key]'), plain(value, depth, above)]);
  }
  return Object.fromEntries(kept);
}

function cut(text: string): string {
  return text.length <= MAX_TEXT
    ? text
    : `${text.slice(0, MAX_TEXT)}[${text.length - MAX_TEXT} more characters]`;
}

/** `String(value)` for values whose own conversion may throw. */
export function textOf(value: unknown): string | undefined {
  try {
    return String(value);
  } catch {
    return undefined;
  }
}

function messageOf(problem: unknown): string {
  try {
    return cut(problem instanceof Error ? problem.message : String(problem)).slice(0, 200);
  } catch {
    return 'it throws';
  }
}
