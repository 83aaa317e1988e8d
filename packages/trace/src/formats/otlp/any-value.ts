import { isObject, type JsonObject, type JsonValue, nestsDeeperThan } from '../../model/json.ts';

/** Values nested deeper than this go as text: receivers refuse deep ones, and ours stops at 64. */
const MAX_DEPTH = 32;

/** A plain value as OTLP/JSON writes it. Integers are digits, since 64 bits do not fit JSON's numbers. */
export function anyValueOf(value: JsonValue | undefined): JsonObject {
  return nestsDeeperThan(value, MAX_DEPTH) ? { stringValue: JSON.stringify(value) } : wrapped(value);
}

function wrapped(value: JsonValue | undefined): JsonObject {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(wrapped) } };
  return isObject(value) ? { kvlistValue: { values: attributeList(value, wrapped) } } : {};
}

/** Attributes that the conventions have as doubles, whatever their value. */
const DOUBLES = new Set(['gen_ai.evaluation.score.value', 'gen_ai.response.time_to_first_chunk']);

/** Attributes as the list of pairs that OTLP has in place of an object. */
export function attributeList(
  attributes: JsonObject,
  wrap: (value: JsonValue | undefined) => JsonObject = anyValueOf,
): JsonObject[] {
  return Object.keys(attributes)
    .filter((key) => attributes[key] !== undefined)
    .map((key) => {
      const value = attributes[key];
      const isDouble = typeof value === 'number' && DOUBLES.has(key);
      return { key, value: isDouble ? { doubleValue: value } : wrap(value) };
    });
}
