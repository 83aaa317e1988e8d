import { isObject } from '@tacho/trace/model/json';

/** Fields that lead to data points: resource metrics, scope metrics, metrics, any of the five kinds, data points. */
const FIELDS: readonly (readonly number[])[] = [[1], [2], [2], [5, 7, 9, 10, 11], [1]];
const NAMES: readonly (readonly string[])[] = [
  ['resourceMetrics'],
  ['scopeMetrics'],
  ['metrics'],
  ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
  ['dataPoints'],
];

/** How many data points an ExportMetricsServiceRequest in JSON holds. */
export function dataPointsInJson(request: unknown): number {
  let values: unknown[] = [request];
  for (const names of NAMES) {
    values = values
      .filter(isObject)
      .flatMap((value) => names.map((name) => value[name]))
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .filter((value) => value !== undefined && value !== null);
  }
  return values.length;
}

/** How many data points an ExportMetricsServiceRequest in protobuf holds. Undefined where the bytes are none. */
export function dataPointsInProtobuf(bytes: Uint8Array): number | undefined {
  let messages = [bytes];
  for (const fields of FIELDS) {
    const below: Uint8Array[] = [];
    for (const message of messages) if (!collect(message, fields, below)) return undefined;
    messages = below;
  }
  return messages.length;
}

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Puts the messages in `fields` of a message into `found`. False where the bytes are no message. */
function collect(message: Uint8Array, fields: readonly number[], found: Uint8Array[]): boolean {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === VARINT) varint();
    else if (type === FIXED_64) at += 8;
    else if (type === FIXED_32) at += 4;
    else if (type === BYTES) {
      const length = varint();
      if (fields.includes(Math.floor(tag / 8))) found.push(message.subarray(at, at + length));
      at += length;
    } else return false;
    if (!(at <= message.length)) return false;
  }
  return true;
}
