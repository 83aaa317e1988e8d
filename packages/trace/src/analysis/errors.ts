import { type SpanColumns, statusAt } from '../model/columns.ts';
import { type Retry, retriesOf } from './repetition.ts';
import type { SpanTree } from './tree.ts';

export type Failure = { no: number /** A retry of the same work succeeded. */; recovered: boolean };

/**
 * The errors of a run, each where it arose: parents that only hand an error on, word for word, are not counted again.
 * Lists, heads and the problems view count these and nothing else.
 */
export function failuresOf(
  columns: SpanColumns,
  tree: SpanTree,
  retries: readonly Retry[] = retriesOf(columns, tree),
): Failure[] {
  const passedOn = new Uint8Array(columns.count);
  for (let no = 0; no < columns.count; no++) {
    const up = tree.parent[no]!;
    if (up < 0 || statusAt(columns, no) !== 'error' || statusAt(columns, up) !== 'error') continue;
    if (columns.error[no] !== 0 && columns.error[up] === columns.error[no]) passedOn[up] = 1;
  }
  const recovered = new Set<number>();
  for (const { failed, last } of retries)
    if (statusAt(columns, last) === 'ok') for (const no of failed) recovered.add(no);
  const failures: Failure[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (statusAt(columns, no) === 'error' && passedOn[no] === 0)
      failures.push({ no, recovered: recovered.has(no) });
  }
  return failures;
}
