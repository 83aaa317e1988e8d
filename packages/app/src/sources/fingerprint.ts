import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/**
 * Bytes a fingerprint covers. Enough for the first line's time and ids of every format known, and read with the same
 * page as the head.
 */
export const FINGERPRINT_BYTES = 1024;

/** `length:hash` of a file's first bytes: stays the same while the file grows, changes when it is another file. */
export function fingerprintOf(head: Uint8Array): string {
  const covered = head.subarray(0, FINGERPRINT_BYTES);
  return `${covered.length}:${createHash('sha256').update(covered).digest('hex').slice(0, 24)}`;
}

/** True when a file that begins with `head` is, or has grown out of, the one the fingerprint was taken of. */
export function matchesFingerprint(fingerprint: string, head: Uint8Array): boolean {
  const length = lengthOf(fingerprint);
  return length <= head.length && fingerprintOf(head.subarray(0, length)) === fingerprint;
}

function lengthOf(fingerprint: string): number {
  return Number.parseInt(fingerprint, 10) || 0;
}

/** The first bytes of an open file, as many as a fingerprint may cover. */
export async function fingerprintHead(handle: FileHandle): Promise<Uint8Array> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(FINGERPRINT_BYTES), 0, FINGERPRINT_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
