import { MISSING_PARENT, NO_PARENT, type SpanColumns } from '../model/columns.ts';
import { numbered, sortByStart } from './start-order.ts';

/** The tree of a run, as arrays over span numbers: no node objects, so that a million spans and any depth cost little. */
export type SpanTree = {
  /** Parent by number, NO_PARENT or MISSING_PARENT; cycles are cut at their smallest number. */
  readonly parent: Int32Array;
  /** Parents before children; siblings by start, then number. */
  readonly order: Int32Array;
  /** 0 for roots. */
  readonly depth: Int32Array;
  /** One past the position, in `order`, of the last descendant: `order.slice(at + 1, end[at])` is a subtree. Indexed by position. */
  readonly end: Int32Array;
  /** Position in `order` by number. */
  readonly position: Int32Array;
  /** Numbers of the spans whose link to a parent was cut because it closed a circle. */
  readonly cut: readonly number[];
};

/** Builds the tree in O(n log n), without recursion: depth comes from data and may be 10 000 and more. */
export function treeOf(columns: SpanColumns): SpanTree {
  const { count } = columns;
  const parent = columns.parent.slice(0, count);
  const cut = cutCycles(parent);

  // Sorting all spans by start once sorts every list of siblings.
  const byStart = numbered(count);
  sortByStart(byStart, columns.startUs);

  // First child / next sibling, filled from the back so that lists come out in order.
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  let firstRoot = -1;
  for (let i = count - 1; i >= 0; i--) {
    const no = byStart[i]!;
    const up = parent[no]!;
    if (up >= 0) {
      nextSibling[no] = firstChild[up]!;
      firstChild[up] = no;
    } else {
      nextSibling[no] = firstRoot;
      firstRoot = no;
    }
  }

  const order = new Int32Array(count);
  const depth = new Int32Array(count);
  const end = new Int32Array(count);
  const position = new Int32Array(count);
  let filled = 0;
  let node = firstRoot;
  let level = 0;
  while (node >= 0) {
    position[node] = filled;
    depth[node] = level;
    order[filled++] = node;
    if (firstChild[node]! >= 0) {
      node = firstChild[node]!;
      level++;
      continue;
    }
    // Up until there is a sibling; each span left behind knows its end now.
    for (;;) {
      end[position[node]!] = filled;
      if (nextSibling[node]! >= 0) {
        node = nextSibling[node]!;
        break;
      }
      const up: number = parent[node]!;
      if (up < 0) {
        node = -1;
        break;
      }
      node = up;
      level--;
    }
  }
  return { parent, order, depth, end, position, cut };
}

/** Makes one span of every circle a root, in place: the smallest number, so that the result does not depend on the walk. */
function cutCycles(parent: Int32Array): number[] {
  const seen = new Int32Array(parent.length);
  const cut: number[] = [];
  for (let start = 0; start < parent.length; start++) {
    if (seen[start] !== 0) continue;
    const walk = start + 1;
    let node = start;
    while (node >= 0 && seen[node] === 0) {
      seen[node] = walk;
      node = parent[node]!;
    }
    if (node < 0 || seen[node] !== walk) continue;
    let smallest = node;
    for (let other = parent[node]!; other !== node; other = parent[other]!)
      smallest = Math.min(smallest, other);
    parent[smallest] = NO_PARENT;
    cut.push(smallest);
  }
  return cut;
}

/** The numbers of a span's ancestors, nearest first. */
export function ancestorsOf(tree: SpanTree, no: number): number[] {
  const ancestors: number[] = [];
  for (let up = tree.parent[no] ?? MISSING_PARENT; up >= 0; up = tree.parent[up]!) ancestors.push(up);
  return ancestors;
}

/** Whether nothing lies below a span. */
export function isLeaf(tree: SpanTree, no: number): boolean {
  const at = tree.position[no]!;
  return tree.end[at] === at + 1;
}

/** Whether `no` is `ancestor`, or lies anywhere below it. */
export function isWithin(tree: SpanTree, ancestor: number, no: number): boolean {
  const from = tree.position[ancestor]!;
  const at = tree.position[no]!;
  return from <= at && at < tree.end[from]!;
}
