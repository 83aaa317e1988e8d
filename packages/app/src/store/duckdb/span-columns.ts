import type { DuckDBDataChunk } from '@duckdb/node-api';
import {
  emptyColumns,
  heardUsOf,
  kindCode,
  MISSING_PARENT,
  type SpanColumns,
  statusAt,
} from '@tacho/trace/model/columns';
import type { Span } from '@tacho/trace/model/span';
import { stageUseOf } from '@tacho/trace/model/stage-use';
import type { Session } from './session.ts';
import { storedText } from './stored-text.ts';

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

const STAGE = kindCode('stage');

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
  if (columns.parent.includes(MISSING_PARENT)) await findParents(session, runKey, columns);
  if (columns.kind.includes(STAGE)) await readStageUse(session, runKey, columns);
  if (columns.endUs.includes(Number.NaN)) await readHeard(session, runKey, columns);
  shareTexts(columns, texts);
  return columns;
}

function readHeard(session: Session, runKey: number, columns: SpanColumns): Promise<void> {
  return session.chunks('open-rests', { runKey }, (chunk) => {
    const [numbers, rests] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    for (let at = 0; at < chunk.rowCount; at++) {
      const no = numbers.getItem(at) as number;
      const told = JSON.parse(rests.getItem(at) as string) as Pick<Span, 'updatedUs' | 'events'>;
      const heardUs = heardUsOf({ ...told, startUs: columns.startUs[no]! });
      if (heardUs !== undefined) columns.heardUs.set(no, heardUs);
    }
  });
}

/** What stages used is among their attributes. */
function readStageUse(session: Session, runKey: number, columns: SpanColumns): Promise<void> {
  return session.chunks('stage-rests', { runKey }, (chunk) => {
    const [numbers, rests] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    for (let at = 0; at < chunk.rowCount; at++) {
      const no = numbers.getItem(at) as number;
      const { attributes } = JSON.parse(rests.getItem(at) as string) as Pick<Span, 'attributes'>;
      const use = attributes && stageUseOf({ status: statusAt(columns, no), attributes });
      if (use !== undefined) columns.stageUse.set(no, use);
    }
  });
}

/** Parents that came after their children. */
async function findParents(session: Session, runKey: number, columns: SpanColumns): Promise<void> {
  const later = await session.rows<{ no: number; rest: string }>('later-parents', { runKey });
  const children = later.map(({ no, rest }) => ({
    no,
    id: storedText((JSON.parse(rest) as Span).parentId!),
  }));
  const spanIds = [...new Set(children.map(({ id }) => id))];
  const found = await session.rows<{ span_id: string; no: number }>('span-numbers', { runKey, spanIds });
  const numbers = new Map(found.map((row) => [row.span_id, row.no]));
  for (const { no, id } of children) columns.parent[no] = numbers.get(id) ?? MISSING_PARENT;
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
    if (text === '') return 0;
    const known = positions.get(text);
    if (known === undefined) positions.set(text, columns.strings.length);
    return known ?? columns.strings.push(text) - 1;
  });
  if (moved.every((position, no) => position === no)) return;
  for (const name of TEXT_ARRAYS) {
    const array = columns[name];
    for (let no = 0; no < columns.count; no++) array[no] = moved[array[no]!]!;
  }
}
