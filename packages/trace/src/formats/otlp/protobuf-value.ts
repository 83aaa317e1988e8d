import { type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { bytesValue } from './bytes-value.ts';
import { BYTES, FIXED64, type Protobuf, VARINT } from './protobuf.ts';
import { MAX_VALUE_DEPTH, type OtlpAttributes, TOO_DEEP } from './request.ts';

/** AnyValue: one field of these. */
const STRING = (1 << 3) | BYTES;
const BOOL = (2 << 3) | VARINT;
const INT = (3 << 3) | VARINT;
const DOUBLE = (4 << 3) | FIXED64;
const ARRAY = (5 << 3) | BYTES;
const KEY_VALUE_LIST = (6 << 3) | BYTES;
const RAW = (7 << 3) | BYTES;

/** ArrayValue and KeyValueList: their only field. */
const VALUES = (1 << 3) | BYTES;

const KEY = (1 << 3) | BYTES;
const VALUE = (2 << 3) | BYTES;

/** What JSON has no number for is kept as text, as the JSON mapping spells it. */
export function numberOrWord(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** An AnyValue as a plain value; an empty one is null. */
export function readAnyValue(source: Protobuf, end: number, depth = 0): JsonValue {
  let value: JsonValue = null;
  while (source.at < end) {
    const tag = source.tag(end);
    switch (tag) {
      case STRING:
        value = source.text(end);
        break;
      case BOOL:
        value = source.int64(end) !== 0;
        break;
      case INT:
        value = source.int64(end);
        break;
      case DOUBLE:
        value = numberOrWord(source.double(end));
        break;
      case RAW:
        value = bytesValue(source.base64(end));
        break;
      case ARRAY:
      case KEY_VALUE_LIST: {
        const to = source.part(end);
        if (depth >= MAX_VALUE_DEPTH) {
          value = TOO_DEEP;
          source.at = to;
        } else value = tag === ARRAY ? readArray(source, to, depth) : readObject(source, to, depth);
        break;
      }
      default:
        source.skip(tag, end);
    }
  }
  return value;
}

function readArray(source: Protobuf, end: number, depth: number): JsonValue[] {
  const items: JsonValue[] = [];
  while (source.at < end) {
    const tag = source.tag(end);
    if (tag === VALUES) items.push(readAnyValue(source, source.part(end), depth + 1));
    else source.skip(tag, end);
  }
  return items;
}

function readObject(source: Protobuf, end: number, depth: number): JsonObject {
  const object: JsonObject = {};
  const pairs: OtlpAttributes = { keys: [], values: [] };
  while (source.at < end) {
    const tag = source.tag(end);
    if (tag === VALUES) readKeyValue(source, source.part(end), pairs, depth + 1);
    else source.skip(tag, end);
  }
  for (const [at, key] of pairs.keys.entries()) putField(object, key, pairs.values[at]);
  return object;
}

/** One KeyValue, appended to `into`. */
export function readKeyValue(source: Protobuf, end: number, into: OtlpAttributes, depth = 0): void {
  let key = '';
  let value: JsonValue = null;
  while (source.at < end) {
    const tag = source.tag(end);
    if (tag === KEY) key = source.text(end);
    else if (tag === VALUE) value = readAnyValue(source, source.part(end), depth);
    else source.skip(tag, end);
  }
  into.keys.push(key);
  into.values.push(value);
}
