import type { JsonObject } from '../../model/json.ts';
import type { ReadEvent } from './trace-event.ts';

/** Flows that wait for their other end, and spans whose links are remembered to add more to them. */
const MOST_FLOWS = 20_000;

/** Where a flow passes a span: it leaves one, passes through, or arrives. */
type Point = { ts: number; index: number; way: 's' | 't' | 'f'; spanId: string; spawns: boolean };

/** A span's links as far as they are known: the newest list stands for all. */
export type Linked = { spanId: string; links: JsonObject[] };

/** Joins the ends of flows, in whatever order they come, to links between spans. */
export class FlowLinks {
  readonly #points = new Map<string, Point[]>();
  readonly #links = new Map<string, JsonObject[]>();

  /** A flow passes a span. Gives what is to be said now, when too many are waiting. */
  pass(id: string, way: Point['way'], event: ReadEvent, spanId: string): Linked[] {
    const point: Point = {
      ts: event.ts,
      index: event.index,
      way,
      spanId,
      spawns: /\bspawn/i.test(event.name),
    };
    const points = this.#points.get(id);
    if (points) points.push(point);
    else this.#points.set(id, [point]);
    if (this.#points.size <= MOST_FLOWS && (points?.length ?? 0) < MOST_FLOWS) return [];
    return this.#resolved();
  }

  /** What all flows say that are known. */
  finish(): Linked[] {
    return this.#resolved();
  }

  #resolved(): Linked[] {
    const changed = new Set<string>();
    for (const points of this.#points.values()) {
      points.sort((a, b) => a.ts - b.ts || a.index - b.index);
      let before: Point | undefined;
      for (const point of points) {
        if (point.way !== 's' && before !== undefined && before.spanId !== point.spanId)
          changed.add(this.#link(before, point));
        before = point.way === 'f' ? undefined : point;
      }
    }
    this.#points.clear();
    const linked = [...changed].map((spanId) => ({ spanId, links: this.#links.get(spanId)! }));
    if (this.#links.size > MOST_FLOWS) this.#links.clear();
    return linked;
  }

  /** The span that gets the link: who was started is named by who started it, who follows names what it follows. */
  #link(from: Point, to: Point): string {
    const spawns = from.spawns || to.spawns;
    const [holder, other] = spawns ? [from.spanId, to.spanId] : [to.spanId, from.spanId];
    const type = spawns ? 'spawned' : 'follows_from';
    const links = this.#links.get(holder) ?? [];
    this.#links.set(holder, links);
    if (!links.some((link) => link.type === type && link.span_id === other) && links.length < MOST_FLOWS)
      links.push({ type, span_id: other });
    return holder;
  }
}
