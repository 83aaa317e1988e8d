import type { SpanTree } from '@tacho/trace/analysis/tree';
import type { SpanColumns } from '@tacho/trace/model/columns';

/** Which spans are open: all above a level, except those that were turned the other way by hand. */
export type Expansion = { readonly level: number; readonly turned: ReadonlySet<number> };

export function isExpanded(expansion: Expansion, tree: SpanTree, no: number): boolean {
  return tree.depth[no]! < expansion.level !== expansion.turned.has(no);
}

export function hasChildren(tree: SpanTree, no: number): boolean {
  const at = tree.position[no]!;
  return tree.end[at]! > at + 1;
}

/** Turns one span the other way. */
export function toggled(expansion: Expansion, no: number): Expansion {
  const turned = new Set(expansion.turned);
  if (!turned.delete(no)) turned.add(no);
  return { ...expansion, turned };
}

/** Opens everything above a span, so that it can be seen. */
export function revealed(expansion: Expansion, tree: SpanTree, no: number): Expansion {
  const closed: number[] = [];
  for (let up = tree.parent[no]!; up >= 0; up = tree.parent[up]!)
    if (!isExpanded(expansion, tree, up)) closed.push(up);
  if (closed.length === 0) return expansion;
  // One copy for all: a copy for each took 44 s in a chain of 20 000, on a busy machine; this takes a few ms.
  const turned = new Set(expansion.turned);
  for (const up of closed) if (!turned.delete(up)) turned.add(up);
  return { ...expansion, turned };
}

/** Levels of the tree: 1 for a run of roots only. */
export function levelsOf(tree: SpanTree): number {
  let deepest = 0;
  for (const depth of tree.depth) if (depth > deepest) deepest = depth;
  return tree.depth.length === 0 ? 0 : deepest + 1;
}

/** Numbers of the spans that can be seen, top to bottom. Closed subtrees are stepped over, whatever their size or depth. */
export function visibleRows(tree: SpanTree, expansion: Expansion): Int32Array {
  const rows = new Int32Array(tree.order.length);
  let filled = 0;
  for (let at = 0; at < tree.order.length; ) {
    const no = tree.order[at]!;
    rows[filled++] = no;
    at = isExpanded(expansion, tree, no) ? at + 1 : tree.end[at]!;
  }
  return rows.subarray(0, filled);
}

const SEARCHED = ['name', 'tool', 'model', 'role', 'error', 'lane'] as const;

/** Spans of which some text contains what is looked for, whatever the case: 1 by number. Each distinct text is read once. */
export function matchesOf(columns: SpanColumns, find: string): Uint8Array {
  const needle = find.trim().toLowerCase();
  const matches = new Uint8Array(columns.count);
  if (needle === '') return matches;
  const hits = columns.strings.map((text) => text.toLowerCase().includes(needle));
  for (const column of SEARCHED) {
    const positions = columns[column];
    for (let no = 0; no < columns.count; no++) if (hits[positions[no]!]) matches[no] = 1;
  }
  return matches;
}

/** Matches and everything above them, in the order of the tree. */
export function matchingRows(tree: SpanTree, matches: Uint8Array): Int32Array {
  const kept = new Uint8Array(tree.order.length);
  for (let no = 0; no < matches.length; no++) {
    if (!matches[no]) continue;
    for (let up = no; up >= 0 && kept[up] === 0; up = tree.parent[up]!) kept[up] = 1;
  }
  return tree.order.filter((no) => kept[no] === 1);
}
