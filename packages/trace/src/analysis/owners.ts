import { kindCode, type SpanColumns } from '../model/columns.ts';
import type { SpanTree } from './tree.ts';

const AGENT = kindCode('agent');

/** Nearest agent at or above every span, -1 where there is none. */
export function agentOwners(columns: SpanColumns, tree: SpanTree): Int32Array {
  return owners(columns, tree, (no) => columns.kind[no] === AGENT);
}

/** Nearest span at or above for which `owns` holds, -1 where there is none. */
export function owners(
  columns: SpanColumns,
  tree: SpanTree,
  owns: (no: number, above: number) => boolean,
): Int32Array {
  const owner = new Int32Array(columns.count).fill(-1);
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    const above = up >= 0 ? owner[up]! : -1;
    owner[no] = owns(no, above) ? no : above;
  }
  return owner;
}

/** Owners as positions in a list of them; -1 for owners that are not in it. */
export function groupsOf(owner: Int32Array, list: readonly number[]): Int32Array {
  const position = new Int32Array(owner.length).fill(-1);
  list.forEach((no, at) => {
    position[no] = at;
  });
  const groups = new Int32Array(owner.length);
  for (let no = 0; no < owner.length; no++) groups[no] = owner[no]! < 0 ? -1 : position[owner[no]!]!;
  return groups;
}

/** How many spans below (not at) every span are of the kind that `counts` accepts. */
export function countBelow(
  columns: SpanColumns,
  tree: SpanTree,
  counts: (no: number) => boolean,
): Uint32Array {
  const below = new Uint32Array(columns.count);
  for (let at = columns.count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const up = tree.parent[no]!;
    if (up >= 0) below[up] = below[up]! + below[no]! + (counts(no) ? 1 : 0);
  }
  return below;
}

/** Newest sign of life in every span's subtree: a start, a first token, an end, or of what is open an event or an update. */
export function lastActivity(columns: SpanColumns, tree: SpanTree): Float64Array {
  const last = new Float64Array(columns.count);
  for (let at = columns.count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    let own = Math.max(last[no]!, columns.startUs[no]!);
    const first = columns.firstTokenUs[no]!;
    const end = columns.endUs[no]!;
    if (first > own) own = first;
    if (end > own) own = end;
    if (columns.heardUs.size > 0) own = Math.max(own, columns.heardUs.get(no) ?? own);
    last[no] = own;
    const up = tree.parent[no]!;
    if (up >= 0 && own > last[up]!) last[up] = own;
  }
  return last;
}
