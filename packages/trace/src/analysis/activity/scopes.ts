import { kindAt } from '../../model/columns.ts';
import type { Prepared } from '../summary.ts';

/** The agent that each span works for, by number: the nearest agent around it, itself where it is one; -1 without any. */
export function scopesOf({ columns, tree }: Pick<Prepared, 'columns' | 'tree'>): Int32Array {
  const scopes = new Int32Array(columns.count).fill(-1);
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    scopes[no] = kindAt(columns, no) === 'agent' ? no : up >= 0 ? scopes[up]! : -1;
  }
  return scopes;
}
