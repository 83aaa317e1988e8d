import { flagsOf, kindCode, statusCode } from '@tacho/trace/model/columns';
import type { Span } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS, totalTokens, type Usage } from '@tacho/trace/model/usage';
import type { Column } from './append.ts';
import { storedText } from './stored-text.ts';

/** A span on its way into the table: what is drawn of it, and numbers in place of texts and payloads. */
export type StoredRow = {
  runKey: number;
  no: number;
  span: Span;
  parent: number;
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
  { type: 'text', of: (row) => storedText(row.span.spanId) },
  { type: 'text', of: (row) => row.rest },
];

/** Fields that no column has. */
const FREE_FIELDS = [
  'startEstimated',
  'error',
  'callKey',
  'duplicateOfRun',
  'attributes',
  'events',
  'links',
] as const satisfies readonly (keyof Span)[];

const COSTS = ['costUsd', 'reportedCostUsd'] as const;
const LATER_FIELDS = ['endUs', 'firstTokenUs'] as const;

/** True for a usage whose buckets all fit their columns. */
export function fitsColumns(usage: Usage): boolean {
  return counted(usage.requests) !== ABSENT && TOKEN_BUCKETS.every((name) => counted(usage[name]) !== ABSENT);
}

/** Fields that have a column, with a value that it cannot hold. */
function* misfits(span: Span): Iterable<keyof Span> {
  if (span.replay === false) yield 'replay';
  if (span.placeholderOutput === false) yield 'placeholderOutput';
  if (span.tool?.callId !== undefined || span.tool?.category !== undefined) yield 'tool';
  for (const name of COSTS) if (span[name] !== undefined && cost(span[name]) !== span[name]) yield name;
  if (startOf(span) !== span.startUs) yield 'startUs';
  if (span.toolUses !== undefined && counted(span.toolUses) === ABSENT) yield 'toolUses';
  for (const name of LATER_FIELDS)
    if (span[name] !== undefined && sinceStart(span, span[name]) === ABSENT) yield name;
  if (span.usage && !fitsColumns(span.usage)) yield 'usage';
}

/** What the columns cannot say of a span, as JSON: free fields, values that do not fit, and a parent without a number. */
export function restOf(span: Span, parent: number): string {
  let text = '';
  const add = (name: keyof Span): void => {
    text += `${text === '' ? '{' : ','}"${name}":${JSON.stringify(span[name])}`;
  };
  for (const name of FREE_FIELDS) if (span[name] !== undefined) add(name);
  for (const name of misfits(span)) add(name);
  if (parent < 0 && span.parentId !== undefined) add('parentId');
  return text === '' ? '' : `${text}}`;
}
