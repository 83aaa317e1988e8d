/** Fields of a protobuf message, put together by hand: the answers of OTLP have four of them in all. */
export function varintField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(number * 8), ...varint(value)]);
}

export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return joined([Uint8Array.from([...varint(number * 8 + 2), ...varint(value.length)]), value]);
}

export function textField(number: number, value: string): Uint8Array {
  return bytesField(number, new TextEncoder().encode(value));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A number that is not negative, seven bits a byte, lowest first. Exact to 2^53. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
