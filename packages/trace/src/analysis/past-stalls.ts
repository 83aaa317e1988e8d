import { kindAt, type SpanColumns } from '../model/columns.ts';
import { isOpen } from './extent.ts';
import { LEAST_SILENCE_US, type Stall, stalledAfterUs } from './stalls.ts';
import { isLeaf, type SpanTree } from './tree.ts';
import { eachGap, UsualSilences } from './usual-silence.ts';

/** The longest silence that a span went through and came out of. */
export type PastStall = Stall & {
  fromUs: number;
  /** Silences of the span that were stalls, this one included. */
  times: number;
};

/** `sampleUs`: what the span is to others that are compared with it, of a call all of its time. */
type Silence = { no: number; fromUs: number; silentUs: number; sampleUs: number };

/**
 * Work that was silent for much longer than its like and went on: what `stallsOf` says of open work, said of what is over,
 * but for what a call told of itself meanwhile (events, updates), which nobody keeps. A silence is never compared with itself, nor with other runs: what is said of a run that is over must not change with what
 * comes after it. Work that nothing is comparable with must be a model call, a tool or an agent: how long anything else may
 * take nobody knows.
 */
export function pastStalls(columns: SpanColumns, tree: SpanTree): PastStall[] {
  const silences = longSilences(columns, tree);
  if (silences.length === 0) return [];
  const usuals = new UsualSilences(
    columns,
    tree,
    silences.map(({ no }) => no),
  );
  const stalls = new Map<number, PastStall>();
  for (const { no, fromUs, silentUs, sampleUs } of silences) {
    const usual = usuals.of(no, sampleUs);
    if (usual === undefined && !CALLS.has(kindAt(columns, no))) continue;
    if (silentUs <= stalledAfterUs(kindAt(columns, no), usual)) continue;
    const known = stalls.get(no);
    const times = (known?.times ?? 0) + 1;
    if (known !== undefined && known.silentUs >= silentUs) known.times = times;
    else stalls.set(no, { no, silentUs, ...(usual && { usualUs: usual.median }), fromUs, times });
  }
  return [...stalls.values()];
}

const CALLS: ReadonlySet<string> = new Set(['llm', 'tool', 'agent']);

/** Silences that may be stalls: of calls until their first token and after it, of others between their children. */
function longSilences(columns: SpanColumns, tree: SpanTree): Silence[] {
  const silences: Silence[] = [];
  const take = (no: number, fromUs: number, toUs: number, sampleUs = toUs - fromUs): void => {
    const silentUs = toUs - fromUs;
    if (silentUs > LEAST_SILENCE_US) silences.push({ no, fromUs, silentUs, sampleUs });
  };
  for (let no = 0; no < columns.count; no++) {
    const [startUs, endUs, firstUs] = [columns.startUs[no]!, columns.endUs[no]!, columns.firstTokenUs[no]!];
    if (endUs - startUs <= LEAST_SILENCE_US) continue;
    if (!isLeaf(tree, no)) eachGap(columns, tree, no, (fromUs, toUs) => take(no, fromUs, toUs));
    else if (!isOpen(columns, no)) {
      const spokeUs = firstUs > startUs && firstUs < endUs ? firstUs : startUs;
      take(no, startUs, spokeUs, endUs - startUs);
      take(no, spokeUs, endUs, endUs - startUs);
    }
  }
  return silences;
}
