import { kindAt } from '../../model/columns.ts';
import { type Drawing, INSTANT, startOf, tidOf } from './drawing.ts';
import { PID, type TraceEvent } from './events.ts';

/** A thousandth of a µs: the finest time the viewers know. */
const TICK = 0.001;

/** An arrow from what spawned an agent to the agent, wherever the agent has a lane of its own. */
export function* flowEvents(drawing: Drawing): Generator<TraceEvent, void, undefined> {
  let id = 0;
  for (const [from, to] of spawns(drawing)) {
    const ends = drawing.drawnEnd;
    const [source, target] = [startOf(drawing, from), startOf(drawing, to)];
    // Arrows bind to slices, and viewers refuse one that ends before it starts.
    if (ends[from] === INSTANT || ends[to] === INSTANT || target < source) continue;
    id++;
    // Strictly inside both slices: at a slice's very edge it depends on the viewer whether it is found.
    const leaves = Math.min(Math.max(target, source + TICK), ends[from]! - TICK);
    const arrives = target + 2 * TICK;
    const flow = { name: 'spawn', cat: 'flow', pid: PID, id };
    yield { ...flow, ph: 's', ts: round(leaves), tid: tidOf(drawing, from) };
    yield { ...flow, ph: 'f', bp: 'e', ts: round(arrives), tid: tidOf(drawing, to) };
  }
}

function* spawns(drawing: Drawing): Generator<[number, number], void, undefined> {
  const { run, columns, tree, sequence } = drawing;
  const numbers = new Map(run.spans.map((span, no) => [span.spanId, no]));
  const elsewhere = (from: number, to: number): boolean => tidOf(drawing, from) !== tidOf(drawing, to);
  for (const no of sequence) {
    const up = tree.parent[no]!;
    if (up >= 0 && kindAt(columns, no) === 'agent' && elsewhere(up, no)) yield [up, no];
    for (const link of run.spans[no]!.links ?? []) {
      const to = link.type === 'spawned' ? numbers.get(link.spanId) : undefined;
      if (to !== undefined && tree.parent[to] !== no && elsewhere(no, to)) yield [no, to];
    }
  }
}

function round(us: number): number {
  return Math.round(us * 1000) / 1000;
}
