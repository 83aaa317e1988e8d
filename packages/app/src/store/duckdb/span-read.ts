import type { DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { FLAG_PLACEHOLDER, FLAG_REPLAY } from '@tacho/trace/model/columns';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS, type Usage } from '@tacho/trace/model/usage';

/** The columns of `spans.sql` and `span.sql`, in their order. */
const SELECTED = [
  'no',
  'parent',
  'kind',
  'status',
  'flags',
  'startUs',
  'durationUs',
  'firstTokenUs',
  'name',
  'role',
  'component',
  'lane',
  'model',
  'provider',
  'tool',
  'priceRow',
  ...TOKEN_BUCKETS,
  'requests',
  'costUsd',
  'reportedCostUsd',
  'toolUses',
  'inputs',
  'outputs',
  'spanId',
  'parentId',
  'rest',
] as const;
type Selected = (typeof SELECTED)[number];

/** A span as it is stored: its parent and payloads are numbers still. */
export type ReadSpan = { no: number; parent: number; inputs: number; outputs: number; span: Span };

const USAGE_FIELDS = [...TOKEN_BUCKETS, 'requests'] as const;
const TEXTS = ['role', 'component', 'lane', 'model', 'provider', 'priceRow'] as const;
const NUMBERS = ['costUsd', 'reportedCostUsd', 'toolUses'] as const;

/** The spans of a chunk. `texts` are the run's, by number. */
export function spansOf(chunk: DuckDBDataChunk, texts: readonly string[]): ReadSpan[] {
  const vectors = new Map<Selected, { getItem(at: number): DuckDBValue }>(
    SELECTED.map((name, index) => [name, chunk.getColumnVector(index)]),
  );
  return Array.from({ length: chunk.rowCount }, (_, at) => {
    const value = (name: Selected): DuckDBValue => vectors.get(name)!.getItem(at);
    return readSpan(
      (name) => value(name) as number | null,
      (name) => value(name) as string | null,
      texts,
    );
  });
}

function readSpan(
  number: (name: Selected) => number | null,
  text: (name: 'spanId' | 'parentId' | 'rest') => string | null,
  texts: readonly string[],
): ReadSpan {
  const startUs = number('startUs')!;
  const span: Span = {
    spanId: text('spanId')!,
    name: texts[number('name')!]!,
    kind: SPAN_KINDS[number('kind')!] ?? 'task',
    startUs,
    status: SPAN_STATUSES[number('status')!] ?? 'unset',
  };
  const durationUs = number('durationUs');
  if (durationUs !== null) span.endUs = startUs + durationUs;
  const firstTokenUs = number('firstTokenUs');
  if (firstTokenUs !== null) span.firstTokenUs = startUs + firstTokenUs;
  for (const field of TEXTS) {
    const no = number(field)!;
    if (no > 0) span[field] = texts[no]!;
  }
  for (const field of NUMBERS) {
    const found = number(field);
    if (found !== null) span[field] = found;
  }
  const tool = number('tool')!;
  if (tool > 0) span.tool = { name: texts[tool]! };
  if (number('requests') !== null) {
    span.usage = Object.fromEntries(USAGE_FIELDS.map((field) => [field, number(field)])) as Usage;
  }
  const flags = number('flags')!;
  if ((flags & FLAG_REPLAY) !== 0) span.replay = true;
  if ((flags & FLAG_PLACEHOLDER) !== 0) span.placeholderOutput = true;
  const parentId = text('parentId');
  if (parentId !== null) span.parentId = parentId;
  const rest = text('rest');
  if (rest !== null) Object.assign(span, JSON.parse(rest));
  return {
    no: number('no')!,
    parent: number('parent')!,
    inputs: number('inputs')!,
    outputs: number('outputs')!,
    span,
  };
}
