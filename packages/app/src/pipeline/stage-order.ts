import type { Stage } from './recipe.ts';

type Needing = Pick<Stage, 'id' | 'needs'>;

/**
 * The stages in the order in which they run one after the other: each behind what it needs, and else as the recipe has
 * them. Stages of a circle, and what needs them, are left out.
 */
export function inOrder<T extends Needing>(stages: readonly T[]): T[] {
  const ids = new Set(stages.map(({ id }) => id));
  const done = new Set<string>();
  const order: T[] = [];
  let waiting = [...stages];
  // The first that can run next: not layer by layer, or a stage without needs would pass others that stand before it.
  for (;;) {
    const rest: T[] = [];
    const before = order.length;
    for (const stage of waiting) {
      if (stage.needs.some((need) => ids.has(need) && need !== stage.id && !done.has(need))) rest.push(stage);
      else {
        order.push(stage);
        done.add(stage.id);
      }
    }
    if (rest.length === 0 || order.length === before) return order;
    waiting = rest;
  }
}

/** One circle of needs for each knot of them, as ids that need the next one; a stage that needs itself is none. */
export function circlesIn(stages: readonly Needing[]): string[][] {
  const ordered = new Set(inOrder(stages).map(({ id }) => id));
  const left = new Map(stages.filter(({ id }) => !ordered.has(id)).map((stage) => [stage.id, stage]));
  const circles: string[][] = [];
  const seen = new Set<string>();
  for (const start of left.keys()) {
    const way: string[] = [];
    const at = new Map<string, number>();
    // Every stage that is left needs one that is left: following the first of them must come back.
    for (let id: string | undefined = start; id !== undefined && !seen.has(id); ) {
      if (at.has(id)) {
        circles.push(way.slice(at.get(id)));
        break;
      }
      at.set(id, way.length);
      way.push(id);
      const own: string = id;
      id = left.get(id)!.needs.find((need) => need !== own && left.has(need));
    }
    for (const id of way) seen.add(id);
  }
  return circles;
}
