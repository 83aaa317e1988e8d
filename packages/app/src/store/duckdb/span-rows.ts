import { flagsOf, kindCode, statusCode } from '@tacho/trace/model/columns';
import type { Span, SpanTool } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS, totalTokens, type Usage } from '@tacho/trace/model/usage';
import type { Column } from './append.ts';

/** A span on its way into the table: what is drawn of it, and numbers in place of texts and payloads. */
export type StoredRow = {
  runKey: number;
  no: number;
  span: Span;
  parent: number;
  parentId: string;
  usage: Usage | undefined;
  name: number;
  role: number;
  component: number;
  lane: number;
  model: number;
  provider: number;
  tool: number;
  error: number;
  priceRow: number;
  inputs: number;
  outputs: number;
  rest: string;
};

/** In place of a number that is not there. */
export const ABSENT = -1;

/** What a BIGINT holds of a number: whole and not negative. Everything else stands in `rest`. */
function counted(value: number | undefined): number {
  return value !== undefined && value >= 0 && Number.isSafeInteger(value) ? value : ABSENT;
}

function startOf(span: Span): number {
  return Number.isSafeInteger(span.startUs) ? span.startUs : 0;
}

/** Microseconds after the span's start, as its column has it. */
function sinceStart(span: Span, value: number | undefined): number {
  return value === undefined || !Number.isSafeInteger(value) ? ABSENT : counted(value - startOf(span));
}

function cost(value: number | undefined): number {
  return value !== undefined && value >= 0 ? value : ABSENT;
}

function tokensOf({ usage }: Span): number {
  return usage === undefined ? 0 : Math.max(0, counted(totalTokens(usage)));
}

function bucket(name: keyof Usage): Column<StoredRow> {
  return { type: 'long', of: (row) => row.usage?.[name] ?? 0 };
}

/** The columns of `spans`, in the order of its table. */
export const SPAN_COLUMNS: readonly Column<StoredRow>[] = [
  { type: 'int', of: (row) => row.runKey },
  { type: 'int', of: (row) => row.no },
  { type: 'int', of: (row) => row.parent },
  { type: 'byte', of: (row) => kindCode(row.span.kind) },
  { type: 'byte', of: (row) => statusCode(row.span.status) },
  { type: 'byte', of: (row) => flagsOf(row.span) },
  { type: 'long', of: (row) => startOf(row.span) },
  { type: 'long', of: (row) => sinceStart(row.span, row.span.endUs) },
  { type: 'long', of: (row) => sinceStart(row.span, row.span.firstTokenUs) },
  { type: 'int', of: (row) => row.name },
  { type: 'int', of: (row) => row.role },
  { type: 'int', of: (row) => row.component },
  { type: 'int', of: (row) => row.lane },
  { type: 'int', of: (row) => row.model },
  { type: 'int', of: (row) => row.provider },
  { type: 'int', of: (row) => row.tool },
  { type: 'int', of: (row) => row.error },
  { type: 'int', of: (row) => row.priceRow },
  { type: 'long', of: (row) => row.usage?.requests ?? ABSENT },
  ...TOKEN_BUCKETS.map(bucket),
  { type: 'long', of: (row) => tokensOf(row.span) },
  { type: 'double', of: (row) => cost(row.span.costUsd) },
  { type: 'double', of: (row) => cost(row.span.reportedCostUsd) },
  { type: 'long', of: (row) => counted(row.span.toolUses) },
  { type: 'int', of: (row) => row.inputs },
  { type: 'int', of: (row) => row.outputs },
  { type: 'text', of: (row) => row.span.spanId },
  { type: 'text', of: (row) => row.parentId },
  { type: 'text', of: (row) => row.rest },
];

/** Fields of a span that have a column, or are stored apart. All others go into `rest` as they are. */
const COLUMN_FIELDS = new Set<keyof Span>([
  'spanId',
  'parentId',
  'name',
  'kind',
  'role',
  'component',
  'lane',
  'startUs',
  'endUs',
  'status',
  'model',
  'provider',
  'usage',
  'toolUses',
  'costUsd',
  'priceRow',
  'reportedCostUsd',
  'firstTokenUs',
  'inputs',
  'outputs',
]);

const COSTS = ['costUsd', 'reportedCostUsd'] as const;
const LATER_FIELDS = ['endUs', 'firstTokenUs'] as const;
const TEXT_FIELDS = [
  'spanId',
  'parentId',
  'name',
  'role',
  'component',
  'lane',
  'model',
  'provider',
  'priceRow',
] as const;

/** True for a usage whose buckets all fit their columns. */
export function fitsColumns(usage: Usage): boolean {
  return counted(usage.requests) !== ABSENT && TOKEN_BUCKETS.every((name) => counted(usage[name]) !== ABSENT);
}

/** A lone surrogate has no UTF-8: a column would change it. */
function isStorable(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function isNameOnly(tool: SpanTool): boolean {
  return (
    tool.callId === undefined && tool.category === undefined && tool.name !== '' && isStorable(tool.name)
  );
}

/** What the columns cannot say of a span, as JSON: free fields, and values that a column would change. */
export function restOf(span: Span): string {
  const rest: Record<string, unknown> = {};
  let any = false;
  for (const field in span) {
    const name = field as keyof Span;
    if (COLUMN_FIELDS.has(name) || span[name] === undefined) continue;
    if (name === 'tool' && isNameOnly(span.tool!)) continue;
    if ((name === 'replay' || name === 'placeholderOutput') && span[name] === true) continue;
    rest[name] = span[name];
    any = true;
  }
  for (const name of COSTS) {
    if (span[name] === undefined || cost(span[name]) === span[name]) continue;
    rest[name] = span[name];
    any = true;
  }
  if (startOf(span) !== span.startUs) {
    rest.startUs = span.startUs;
    any = true;
  }
  if (span.toolUses !== undefined && counted(span.toolUses) === ABSENT) {
    rest.toolUses = span.toolUses;
    any = true;
  }
  for (const name of LATER_FIELDS) {
    if (span[name] === undefined || sinceStart(span, span[name]) !== ABSENT) continue;
    rest[name] = span[name];
    any = true;
  }
  for (const name of TEXT_FIELDS) {
    const text = span[name];
    // An empty text has number 0, as an absent one.
    if (text === undefined || (text !== '' && isStorable(text))) continue;
    if (text === '' && (name === 'spanId' || name === 'name')) continue;
    rest[name] = text;
    any = true;
  }
  if (span.usage && !fitsColumns(span.usage)) {
    rest.usage = span.usage;
    any = true;
  }
  return any ? JSON.stringify(rest) : '';
}
