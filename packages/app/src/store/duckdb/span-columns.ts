import type { DuckDBDataChunk } from '@duckdb/node-api';
import { emptyColumns, type SpanColumns } from '@tacho/trace/model/columns';
import type { Session } from './session.ts';

/** The arrays of SpanColumns in the order in which `span-columns.sql` selects them, after `no`. */
const ARRAYS = [
  'parent',
  'kind',
  'status',
  'flags',
  'startUs',
  'endUs',
  'firstTokenUs',
  'tokens',
  'costUsd',
  'toolUses',
  'name',
  'role',
  'lane',
  'model',
  'tool',
  'error',
] as const satisfies readonly (keyof SpanColumns)[];

const TEXT_ARRAYS = ['name', 'role', 'lane', 'model', 'tool', 'error'] as const;

/** The structure of a run of `count` spans, from the table's chunks straight into arrays. `texts` are the run's, by number. */
export async function readColumns(
  session: Session,
  runKey: number,
  count: number,
  texts: readonly string[],
): Promise<SpanColumns> {
  const columns = emptyColumns(count);
  columns.count = count;
  await session.chunks('span-columns', { runKey }, (chunk) => takeChunk(columns, chunk));
  const parents = await session.rows<{ no: number; parent: number }>('found-parents', { runKey });
  for (const { no, parent } of parents) columns.parent[no] = parent;
  shareTexts(columns, texts);
  return columns;
}

function takeChunk(columns: SpanColumns, chunk: DuckDBDataChunk): void {
  const rows = chunk.rowCount;
  const numbers = chunk.getColumnVector(0);
  const nos = new Int32Array(rows);
  for (let at = 0; at < rows; at++) nos[at] = numbers.getItem(at) as number;
  for (const [index, name] of ARRAYS.entries()) {
    const array = columns[name];
    const vector = chunk.getColumnVector(index + 1);
    for (let at = 0; at < rows; at++) array[nos[at]!] = vector.getItem(at) as number;
  }
}

/** A text that was stored twice gets one position: whoever groups by position must not see two groups. */
function shareTexts(columns: SpanColumns, texts: readonly string[]): void {
  const positions = new Map<string, number>();
  const moved = texts.map((text) => {
    const known = positions.get(text);
    if (known === undefined) positions.set(text, columns.strings.length);
    if (known === undefined && text !== '') return columns.strings.push(text) - 1;
    return known ?? 0;
  });
  if (moved.every((position, no) => position === no)) return;
  for (const name of TEXT_ARRAYS) {
    const array = columns[name];
    for (let no = 0; no < columns.count; no++) array[no] = moved[array[no]!]!;
  }
}
