import { asNumber, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { bytesValue } from './bytes-value.ts';
import { MAX_VALUE_DEPTH, noAttributes, type OtlpAttributes, TOO_DEEP } from './request.ts';

/**
 * A field by its name in lowerCamelCase, or as the proto files spell it: some emitters and most hand-written requests do.
 * null means missing.
 */
export function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  const value = object[name];
  if (value !== undefined && value !== null) return value;
  const snake = snakeCase(name);
  const spelled = snake === name ? undefined : object[snake];
  return spelled === null ? undefined : spelled;
}

const snakeNames = new Map<string, string>();

function snakeCase(name: string): string {
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return snake;
}

/** Names come from our own tables, so the map of spellings stays small. */
export function textField(object: JsonObject, name: string): string {
  const value = fieldOf(object, name);
  return typeof value === 'string' ? value : '';
}

export function listField(object: JsonObject, name: string): JsonValue[] {
  const value = fieldOf(object, name);
  return Array.isArray(value) ? value : [];
}

export function objectField(object: JsonObject, name: string): JsonObject {
  const value = fieldOf(object, name);
  return isObject(value) ? value : {};
}

export function countField(object: JsonObject, name: string): number {
  const count = asNumber(fieldOf(object, name)) ?? 0;
  return count > 0 && count < 2 ** 32 ? Math.floor(count) : 0;
}

/** Nanoseconds as digits or a number, as whole µs; 0 when there are none. Old exporters split them in two halves. */
export function timeField(object: JsonObject, name: string): number {
  const value = fieldOf(object, name);
  if (typeof value === 'string') {
    // Cut, not divided: 19 digits do not fit a double, 16 do.
    if (/^\d{4,20}$/.test(value)) return Number(value.slice(0, -3));
    return Math.floor((asNumber(value) ?? 0) / 1000);
  }
  if (typeof value === 'number') return value > 0 ? Math.floor(value / 1000) : 0;
  if (!isObject(value)) return 0;
  const [low, high] = [asNumber(value.low) ?? 0, asNumber(value.high) ?? 0];
  return high * 4294967 + Math.floor((high * 296 + (low >>> 0)) / 1000);
}

/** An enum by its number or its name; `prefix` is what its names begin with (`SPAN_KIND_`). */
export function enumField(
  object: JsonObject,
  name: string,
  prefix: string,
  words: readonly string[],
): number {
  const value = fieldOf(object, name);
  const number = asNumber(value);
  if (number !== undefined) return Number.isInteger(number) && number >= 0 ? number : 0;
  if (typeof value !== 'string') return 0;
  const word = value.toUpperCase();
  return Math.max(0, words.indexOf(word.startsWith(prefix) ? word.slice(prefix.length) : word));
}

const BASE64_ID = /^[A-Za-z0-9+/_-]+={0,2}$/;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * An id as lower-case hex. The standard is hex; plain proto3 JSON, which some emitters write, is base64. Their lengths
 * tell them apart. What is neither is returned as it is.
 */
export function idField(object: JsonObject, name: string, bytes: 8 | 16): string {
  const value = textField(object, name);
  if (value.length === bytes * 2 || value === '') return value.toLowerCase();
  const digits = Math.ceil((bytes * 4) / 3);
  if ((value.length !== digits && value.length !== digits + (bytes === 16 ? 2 : 1)) || !BASE64_ID.test(value))
    return value;
  return hexOfBase64(value.replaceAll('-', '+').replaceAll('_', '/'), bytes);
}

function hexOfBase64(text: string, bytes: number): string {
  let hex = '';
  let bits = 0;
  let held = 0;
  for (const letter of text.replaceAll('=', '')) {
    held = (held << 6) | BASE64.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    hex += ((held >> bits) & 255).toString(16).padStart(2, '0');
    held &= (1 << bits) - 1;
  }
  return hex.slice(0, bytes * 2);
}

type ReadValue = (value: JsonValue, depth: number) => JsonValue;

/** What an AnyValue of each kind holds. */
const VALUES: readonly [field: string, read: ReadValue][] = [
  ['stringValue', (value) => (typeof value === 'string' ? value : printable(value))],
  ['intValue', integer],
  ['boolValue', (value) => value === true || value === 'true'],
  ['doubleValue', (value) => (typeof value === 'string' ? (asNumber(value) ?? value) : printable(value))],
  ['arrayValue', (value, depth) => (isObject(value) ? arrayOf(value, depth) : [])],
  ['kvlistValue', (value, depth) => (isObject(value) ? objectOf(value, depth) : {})],
  ['bytesValue', (value) => (typeof value === 'string' ? bytesValue(value) : printable(value))],
];

/** The same by the field's name, in both spellings: of a value's own fields, which are one, the kind is found at once. */
const READERS = new Map(
  VALUES.flatMap(([field, read]) => [
    [field, read],
    [snakeCase(field), read],
  ]),
);

function printable(value: JsonValue): JsonValue {
  return typeof value === 'object' ? null : value;
}

/** A number where that is exact, else its digits. */
function integer(value: JsonValue): JsonValue {
  const number = asNumber(value);
  if (number === undefined || Number.isSafeInteger(number)) return number ?? printable(value);
  return typeof value === 'string' ? value : number;
}

/** An AnyValue as a plain value. Hand-written requests leave the wrapping out: a plain value is taken as it is. */
export function anyValue(value: JsonValue | undefined, depth = 0): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return value;
  if (depth > MAX_VALUE_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item) => anyValue(item, depth + 1));
  for (const field in value) {
    const found = value[field];
    if (found !== undefined && found !== null) {
      const read = READERS.get(field);
      if (read !== undefined) return read(found, depth);
    }
  }
  return null;
}

function arrayOf(value: JsonObject, depth: number): JsonValue {
  if (depth >= MAX_VALUE_DEPTH) return TOO_DEEP;
  return listField(value, 'values').map((item) => anyValue(item, depth + 1));
}

function objectOf(value: JsonObject, depth: number): JsonValue {
  if (depth >= MAX_VALUE_DEPTH) return TOO_DEEP;
  const object: JsonObject = {};
  for (const item of listField(value, 'values'))
    if (isObject(item)) putField(object, textField(item, 'key'), anyValue(fieldOf(item, 'value'), depth + 1));
  return object;
}

/** The attributes of anything; a plain object in place of the list of pairs is taken too. */
export function attributesField(object: JsonObject): OtlpAttributes {
  const attributes = noAttributes();
  const found = object.attributes;
  if (Array.isArray(found)) {
    for (const item of found) {
      if (!isObject(item)) continue;
      attributes.keys.push(textField(item, 'key'));
      attributes.values.push(anyValue(fieldOf(item, 'value')));
    }
  } else if (isObject(found)) {
    for (const key of Object.keys(found)) {
      attributes.keys.push(key);
      attributes.values.push(anyValue(found[key]));
    }
  }
  return attributes;
}
