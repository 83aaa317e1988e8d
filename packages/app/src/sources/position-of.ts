import { open } from 'node:fs/promises';
import { fingerprintHead, fingerprintOf } from './fingerprint.ts';
import { afterLastLine } from './line-ends.ts';
import type { SourcePosition } from './record-sink.ts';
import type { Recognised } from './session-order.ts';

/** Where a file stands that was read to its end, `bytes` of it: whoever follows it goes on from there. */
export async function positionOf(
  file: Recognised,
  bytes: number,
  runIds: readonly string[],
  records: number,
): Promise<SourcePosition | undefined> {
  const handle = await open(file.path, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const head = await fingerprintHead(handle);
    const zipped = head[0] === 0x1f && head[1] === 0x8b;
    const offset = zipped ? file.size : await afterLastLine(handle, 0, bytes);
    return {
      uri: file.path,
      format: file.format.name,
      offset,
      // As it was found before reading: what has changed since counts as changed.
      size: file.size,
      modifiedMs: file.modifiedMs,
      fingerprint: fingerprintOf(head.subarray(0, offset)),
      runIds: [...runIds],
      records,
    };
  } finally {
    await handle.close();
  }
}
