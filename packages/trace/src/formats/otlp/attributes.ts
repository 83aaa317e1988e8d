import { type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import type { OtlpAttributes } from './request.ts';

/** The value of a key: the later one counts. */
export function attributeOf({ keys, values }: OtlpAttributes, key: string): JsonValue | undefined {
  return values[keys.lastIndexOf(key)];
}

export function asObject({ keys, values }: OtlpAttributes): JsonObject {
  const object: JsonObject = {};
  for (let at = 0; at < keys.length; at++) putField(object, keys[at]!, values[at]);
  return object;
}
