import type { DuckDBDataChunk } from '@duckdb/node-api';
import { FLAG_MODEL_TOTAL, FLAG_PLACEHOLDER, FLAG_REPLAY } from '@tacho/trace/model/columns';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tacho/trace/model/span';
import { emptyUsage, TOKEN_BUCKETS } from '@tacho/trace/model/usage';
import { ABSENT } from './span-rest.ts';
import { textFrom } from './stored-text.ts';

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
  'requests',
  ...TOKEN_BUCKETS,
  'costUsd',
  'reportedCostUsd',
  'toolUses',
  'inputs',
  'outputs',
  'spanId',
  'rest',
] as const;
type Selected = (typeof SELECTED)[number];

/** A span as it is stored: its parent and payloads are numbers still. */
export type ReadSpan = { no: number; parent: number; inputs: number; outputs: number; span: Span };

const TEXTS = ['role', 'component', 'lane', 'model', 'provider', 'priceRow'] as const;
const COSTS = ['costUsd', 'reportedCostUsd'] as const;
type TextColumn = 'spanId' | 'rest';

/** The spans of a chunk. `texts` are the run's, by number. */
export function spansOf(chunk: DuckDBDataChunk, texts: readonly string[]): ReadSpan[] {
  const vectors = Object.fromEntries(
    SELECTED.map((name, index) => [name, chunk.getColumnVector(index)]),
  ) as unknown as Record<Exclude<Selected, TextColumn>, { getItem(at: number): number }> &
    Record<TextColumn, { getItem(at: number): string }>;
  return Array.from({ length: chunk.rowCount }, (_, at) => {
    const startUs = vectors.startUs.getItem(at);
    const span: Span = {
      spanId: textFrom(vectors.spanId.getItem(at)),
      name: texts[vectors.name.getItem(at)]!,
      kind: SPAN_KINDS[vectors.kind.getItem(at)] ?? 'task',
      startUs,
      status: SPAN_STATUSES[vectors.status.getItem(at)] ?? 'unset',
    };
    const durationUs = vectors.durationUs.getItem(at);
    if (durationUs !== ABSENT) span.endUs = startUs + durationUs;
    const firstTokenUs = vectors.firstTokenUs.getItem(at);
    if (firstTokenUs !== ABSENT) span.firstTokenUs = startUs + firstTokenUs;
    for (const field of TEXTS) {
      const no = vectors[field].getItem(at);
      if (no > 0) span[field] = texts[no]!;
    }
    for (const field of COSTS) {
      const found = vectors[field].getItem(at);
      if (found !== ABSENT) span[field] = found;
    }
    const toolUses = vectors.toolUses.getItem(at);
    if (toolUses !== ABSENT) span.toolUses = toolUses;
    const tool = vectors.tool.getItem(at);
    if (tool > 0) span.tool = { name: texts[tool]! };
    const requests = vectors.requests.getItem(at);
    if (requests !== ABSENT) {
      const usage = { ...emptyUsage(), requests };
      for (const name of TOKEN_BUCKETS) usage[name] = vectors[name].getItem(at);
      span.usage = usage;
    }
    const flags = vectors.flags.getItem(at);
    if ((flags & FLAG_REPLAY) !== 0) span.replay = true;
    if ((flags & FLAG_PLACEHOLDER) !== 0) span.placeholderOutput = true;
    if ((flags & FLAG_MODEL_TOTAL) !== 0) span.modelTotal = true;
    const rest = vectors.rest.getItem(at);
    if (rest !== '') Object.assign(span, JSON.parse(rest));
    return {
      no: vectors.no.getItem(at),
      parent: vectors.parent.getItem(at),
      inputs: vectors.inputs.getItem(at),
      outputs: vectors.outputs.getItem(at),
      span,
    };
  });
}
