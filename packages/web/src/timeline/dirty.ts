import type { LaneLayout } from '@tacho/trace/analysis/lanes';
import type { SpanColumns } from '@tacho/trace/model/columns';

/** A fingerprint of every lane's drawn content, by lane key. */
export type Signature = { readonly keys: readonly string[]; readonly hashes: Int32Array };

const words = new Float64Array(2);
const halves = new Int32Array(words.buffer);

/**
 * Fingerprints the lanes: two integers a span, far cheaper than merging its strips again. Two contents share one with a
 * chance of about one in four thousand million, and the next update corrects it.
 */
export function signatureOf(columns: SpanColumns, layout: LaneLayout): Signature {
  const hashes = new Int32Array(layout.lanes.length);
  for (let no = 0; no < columns.count; no++) {
    const lane = layout.lane[no]!;
    words[0] = columns.startUs[no]!;
    words[1] = columns.endUs[no]!;
    let hash = hashes[lane]!;
    for (let at = 0; at < 4; at++) hash = Math.imul(hash ^ halves[at]!, 0x01000193) + (hash >>> 15);
    const shape =
      (layout.row[no]! << 12) ^ (layout.level[no]! << 8) ^ (columns.status[no]! << 4) ^ columns.kind[no]!;
    hashes[lane] = Math.imul(hash ^ shape, 0x01000193) | 0;
  }
  return { keys: layout.lanes.map((lane) => lane.key), hashes };
}

/** Indexes, in `after`, of lanes that are new or whose content is another. */
export function changedLanes(before: Signature, after: Signature): Set<number> {
  const known = new Map(before.keys.map((key, index) => [key, before.hashes[index]!]));
  const changed = new Set<number>();
  for (const [index, key] of after.keys.entries()) {
    if (known.get(key) !== after.hashes[index]) changed.add(index);
  }
  return changed;
}
