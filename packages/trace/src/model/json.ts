/** Anything JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue | undefined };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The string, or a number spelled as one; undefined for everything else and for the empty string. */
export function asString(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** The finite number, or a string that spells one; undefined for everything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A count: not negative, rounded, and small enough to be exact. Undefined when it is none of these. */
export function asCount(value: unknown): number | undefined {
  const parsed = asNumber(value);
  return parsed === undefined || parsed < 0 || parsed > Number.MAX_SAFE_INTEGER
    ? undefined
    : Math.round(parsed);
}

/**
 * True when `value` nests deeper than `limit` arrays and objects. JSON.parse reads any depth, but JSON.stringify
 * recurses and overflows the stack at some thousands, so depth is checked once, at the door. The recursion here ends at
 * `limit`; a list of levels instead makes reading a stream 12 % slower.
 */
export function nestsDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit < 0) return true;
  if (Array.isArray(value)) return value.some((item) => nestsDeeperThan(item, limit - 1));
  for (const key in value) if (nestsDeeperThan((value as JsonObject)[key], limit - 1)) return true;
  return false;
}

/** Sets a field that may have any name: plain assignment to `__proto__` would change the object's prototype and lose the value. */
export function putField(target: JsonObject, name: string, value: JsonValue | undefined): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Copies all fields of `more` into `target`, whatever their names. */
export function putFields(target: JsonObject, more: JsonObject): void {
  for (const name of Object.keys(more)) putField(target, name, more[name]);
}
