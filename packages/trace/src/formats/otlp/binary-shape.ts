/** How a binary file holds its requests: one message after the other, each behind four bytes with its length; or one. */
export type BinaryShape = 'framed' | 'message';

/** Bytes of a head that tell. */
export const SHAPE_BYTES = 64;

/** Larger than any request that is sent: a length above it is none. */
export const MOST_FRAME_BYTES = 512 * 1024 * 1024;

/**
 * The tags (number << 3 | type) with which each message on the way down can begin: the request, the spans or logs of a
 * resource, then the resource or those of a scope, then an attribute, a scope, a span or a log.
 */
const PATH: readonly ReadonlySet<number>[] = [
  new Set([0x0a]),
  new Set([0x0a, 0x12]),
  new Set([0x0a, 0x12, 0x10, 0x1a]),
  new Set([0x0a, 0x12, 0x1a, 0x09, 0x10, 0x59]),
];
/** Behind these there is no message on the way down. */
const LAST: ReadonlySet<number> = new Set([0x09, 0x10, 0x1a, 0x59]);

/**
 * Whether bytes are the beginning of export requests in protobuf, and how they are held: by the lengths of the messages
 * inside each other, which no text has. Undefined for everything else.
 */
export function binaryShape(bytes: Uint8Array): BinaryShape | undefined {
  if (bytes[0] === 0x0a) return isMessage(bytes, 0) ? 'message' : undefined;
  if (bytes.length < 5) return undefined;
  const length = frameLength(bytes);
  if (length === 0 || length > MOST_FRAME_BYTES) return undefined;
  return isMessage(bytes.subarray(4, 4 + length), length) ? 'framed' : undefined;
}

/** The length in the four bytes before a message, highest first. */
export function frameLength(bytes: Uint8Array): number {
  return bytes[0]! * 0x1000000 + (bytes[1]! << 16) + (bytes[2]! << 8) + bytes[3]!;
}

/** `length` is the message's, where it is known. */
function isMessage(bytes: Uint8Array, length: number): boolean {
  let end = length === 0 ? Number.POSITIVE_INFINITY : length;
  let at = 0;
  for (const tags of PATH) {
    if (at === end) return at > 0;
    if (at >= bytes.length) return at > 3;
    const tag = bytes[at]!;
    if (!tags.has(tag)) return false;
    if (LAST.has(tag)) return true;
    const size = varintAt(bytes, at + 1);
    if (size === undefined || size.next + size.value > end) return false;
    at = size.next;
    end = at + size.value;
  }
  return true;
}

function varintAt(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let at = from; at < bytes.length && at < from + 5; at++) {
    value += (bytes[at]! & 127) * 2 ** (7 * (at - from));
    if (bytes[at]! < 128) return { value, next: at + 1 };
  }
  return undefined;
}
