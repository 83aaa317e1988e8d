import { fingerprintOf } from './fingerprint.ts';
import type { OpenSource } from './read-file.ts';
import type { SourcePosition } from './record-sink.ts';
import type { Recognised } from './session-order.ts';

/** Where a file stands that was read to its end through `source`: whoever follows it goes on from there. */
export function positionOf(
  file: Recognised,
  source: OpenSource,
  runIds: readonly string[],
  records: number,
): SourcePosition {
  const offset = source.zipped ? file.size : source.lineEnd();
  return {
    uri: file.path,
    format: file.format.name,
    offset,
    // As it was found before reading: what has changed since counts as changed.
    size: file.size,
    modifiedMs: file.modifiedMs,
    fingerprint: fingerprintOf(source.raw.subarray(0, offset)),
    runIds: [...runIds],
    records,
  };
}
