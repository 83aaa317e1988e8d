import { bytesField, joined, textField } from '../../packages/app/src/server/otlp/protobuf-message.ts';

export const TRACE_ID = '5b8efff798038103d269b633813fc60c';

/** An export request in protobuf, of finished spans with nothing but their ids, a name, times and perhaps a text. */
export function protobufRequest(
  spanIds: readonly string[],
  traceId = TRACE_ID,
  text = '',
): Uint8Array<ArrayBuffer> {
  const spans = spanIds.map((id) =>
    bytesField(
      2,
      joined([
        bytesField(1, Buffer.from(traceId, 'hex')),
        bytesField(2, Buffer.from(id, 'hex')),
        textField(5, 'step'),
        timeField(7, 1_700_000_000n),
        timeField(8, 1_700_000_001n),
        ...(text === '' ? [] : [attributeField('input.value', `${id} ${text}`)]),
      ]),
    ),
  );
  return new Uint8Array(bytesField(1, bytesField(2, joined(spans))));
}

function attributeField(key: string, text: string): Uint8Array {
  return bytesField(9, joined([textField(1, key), bytesField(2, textField(1, text))]));
}

function timeField(number: number, seconds: bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = number * 8 + 1;
  new DataView(bytes.buffer).setBigUint64(1, seconds * 1_000_000_000n, true);
  return bytes;
}

/** Fields of a message by number, bytes as latin1 text. Enough for what Tacho answers. */
export function fieldsOf(message: Uint8Array | string): Record<number, string | number> {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
  const found: Record<number, string | number> = {};
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++]!;
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if ((tag & 7) === 0) found[tag >> 3] = value;
    else {
      found[tag >> 3] = Buffer.from(bytes.subarray(at, at + value)).toString('latin1');
      at += value;
    }
  }
  return found;
}
