import type { RunHeader } from './run.ts';
import { firstLine } from './short-text.ts';
import { SPAN_KINDS, SPAN_STATUSES, type Span, type SpanKind, type SpanStatus } from './span.ts';
import { type StageUse, stageUseOf } from './stage-use.ts';
import { totalTokens } from './usage.ts';

/** No parent: a root. */
export const NO_PARENT = -1;
/** A parent is named but is not in the run: the span hangs under a visible "missing parent". */
export const MISSING_PARENT = -2;

/** Bits of the `flags` column. */
export const FLAG_DUPLICATE = 1;
export const FLAG_REPLAY = 2;
export const FLAG_PLACEHOLDER = 4;
/** Has usage, but no known cost. */
export const FLAG_UNPRICED = 8;
/** A sum that the source states for a model. */
export const FLAG_MODEL_TOTAL = 16;

/** One span as the timeline, the tree and the analyses need it: no payloads, no free attributes. Times in µs since the epoch. */
export type SpanRow = {
  /** The span's number in its run. */
  no: number;
  /** Number of the parent, NO_PARENT or MISSING_PARENT. */
  parent: number;
  name: string;
  kind: SpanKind;
  role?: string;
  lane?: string;
  status: SpanStatus;
  startUs: number;
  endUs?: number;
  firstTokenUs?: number;
  model?: string;
  tool?: string;
  /** First line of the error, at most 200 characters. */
  error?: string;
  /** Tokens the span itself reports; the ledger decides which count. */
  tokens: number;
  /** See countedCostOf. */
  costUsd?: number;
  toolUses?: number;
  flags: number;
  /** Of stages, where they say it. */
  stageUse?: StageUse;
  /** Of open spans, where an event or an update said that they go on. */
  heardUs?: number;
};

/**
 * The structure of a run as columns: position n in every array is span n. Text columns hold positions in `strings`,
 * whose first entry is ''. An open end, an unknown cost and a missing first token are NaN.
 */
export type SpanColumns = {
  count: number;
  strings: string[];
  parent: Int32Array;
  startUs: Float64Array;
  endUs: Float64Array;
  firstTokenUs: Float64Array;
  tokens: Float64Array;
  costUsd: Float64Array;
  toolUses: Uint32Array;
  name: Uint32Array;
  role: Uint32Array;
  lane: Uint32Array;
  model: Uint32Array;
  tool: Uint32Array;
  error: Uint32Array;
  kind: Uint8Array;
  status: Uint8Array;
  flags: Uint8Array;
  /** By number, of the few spans that have it: as columns it would be empty in a million rows. */
  stageUse: Map<number, StageUse>;
  /** The same of open spans: when they were heard of last. */
  heardUs: Map<number, number>;
};

type ArrayName = Exclude<keyof SpanColumns, 'count' | 'strings' | 'stageUse' | 'heardUs'>;

const ARRAYS = {
  parent: Int32Array,
  startUs: Float64Array,
  endUs: Float64Array,
  firstTokenUs: Float64Array,
  tokens: Float64Array,
  costUsd: Float64Array,
  toolUses: Uint32Array,
  name: Uint32Array,
  role: Uint32Array,
  lane: Uint32Array,
  model: Uint32Array,
  tool: Uint32Array,
  error: Uint32Array,
  kind: Uint8Array,
  status: Uint8Array,
  flags: Uint8Array,
} as const satisfies Record<ArrayName, unknown>;

const ARRAY_NAMES = Object.keys(ARRAYS) as ArrayName[];

const KIND_CODES = new Map<string, number>(SPAN_KINDS.map((kind, code) => [kind, code]));
const STATUS_CODES = new Map<string, number>(SPAN_STATUSES.map((status, code) => [status, code]));

export function kindAt(columns: SpanColumns, no: number): SpanKind {
  return SPAN_KINDS[columns.kind[no]!] ?? 'task';
}
export function statusAt(columns: SpanColumns, no: number): SpanStatus {
  return SPAN_STATUSES[columns.status[no]!] ?? 'unset';
}
export function textAt(
  columns: SpanColumns,
  column: 'name' | 'role' | 'lane' | 'model' | 'tool' | 'error',
  no: number,
): string {
  return columns.strings[columns[column][no]!] ?? '';
}
export function kindCode(kind: SpanKind): number {
  return KIND_CODES.get(kind) ?? 0;
}
export function statusCode(status: SpanStatus): number {
  return STATUS_CODES.get(status) ?? 0;
}

/** Columns that grow: rows are set by number, in any order, again and again (a live run). */
export class ColumnBuilder {
  #columns: SpanColumns;
  readonly #positions = new Map<string, number>();

  constructor(columns: SpanColumns = emptyColumns(64)) {
    this.#columns = columns;
    for (const [position, text] of columns.strings.entries()) this.#positions.set(text, position);
  }

  /** The columns as they are now. Arrays may be longer than `count`, and are replaced when they grow: do not keep them. */
  get columns(): SpanColumns {
    return this.#columns;
  }

  set(row: SpanRow): void {
    if (row.no >= this.#columns.parent.length) this.#grow(row.no + 1);
    const columns = this.#columns;
    const no = row.no;
    if (no >= columns.count) columns.count = no + 1;
    columns.parent[no] = row.parent;
    columns.startUs[no] = row.startUs;
    columns.endUs[no] = row.endUs ?? Number.NaN;
    columns.firstTokenUs[no] = row.firstTokenUs ?? Number.NaN;
    columns.tokens[no] = row.tokens;
    columns.costUsd[no] = row.costUsd ?? Number.NaN;
    columns.toolUses[no] = row.toolUses ?? 0;
    columns.name[no] = this.intern(row.name);
    columns.role[no] = this.intern(row.role);
    columns.lane[no] = this.intern(row.lane);
    columns.model[no] = this.intern(row.model);
    columns.tool[no] = this.intern(row.tool);
    columns.error[no] = this.intern(row.error);
    columns.kind[no] = kindCode(row.kind);
    columns.status[no] = statusCode(row.status);
    columns.flags[no] = row.flags;
    if (row.stageUse !== undefined) columns.stageUse.set(no, row.stageUse);
    else if (columns.stageUse.size > 0) columns.stageUse.delete(no);
    if (row.heardUs !== undefined) columns.heardUs.set(no, row.heardUs);
    else if (columns.heardUs.size > 0) columns.heardUs.delete(no);
  }

  intern(text: string | undefined): number {
    if (text === undefined || text === '') return 0;
    const known = this.#positions.get(text);
    if (known !== undefined) return known;
    const position = this.#columns.strings.push(text) - 1;
    this.#positions.set(text, position);
    return position;
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.#columns.parent.length * 2);
    const old = this.#columns;
    const grown = emptyColumns(capacity);
    for (const name of ARRAY_NAMES) grown[name].set(old[name] as never);
    const { count, strings, stageUse, heardUs } = old;
    this.#columns = { ...grown, count, strings, stageUse, heardUs };
  }
}

/** Columns for `capacity` spans, none of them set: numbers never seen stay roots named '' at time 0. */
export function emptyColumns(capacity: number): SpanColumns {
  const arrays = Object.fromEntries(ARRAY_NAMES.map((name) => [name, new ARRAYS[name](capacity)]));
  const maps = { stageUse: new Map(), heardUs: new Map() };
  const columns = { count: 0, strings: [''], ...maps, ...arrays } as unknown as SpanColumns;
  columns.parent.fill(NO_PARENT);
  columns.endUs.fill(Number.NaN);
  columns.firstTokenUs.fill(Number.NaN);
  columns.costUsd.fill(Number.NaN);
  return columns;
}

/** The bits of a span's `flags` column. */
export function flagsOf(span: Span): number {
  return (
    (span.duplicateOfRun === undefined ? 0 : FLAG_DUPLICATE) |
    (span.replay ? FLAG_REPLAY : 0) |
    (span.placeholderOutput ? FLAG_PLACEHOLDER : 0) |
    (span.usage !== undefined && countedCostOf(span) === undefined ? FLAG_UNPRICED : 0) |
    (span.modelTotal ? FLAG_MODEL_TOTAL : 0)
  );
}

/** The cost that counts: our own price, but of a sum that the source states, what it states. */
export function countedCostOf(span: Span): number | undefined {
  return span.modelTotal ? (span.reportedCostUsd ?? span.costUsd) : span.costUsd;
}

/** Number of a span's parent, NO_PARENT or MISSING_PARENT. A span that names itself as parent is a root. */
export function parentOf(span: Span, no: number, numberOf: (spanId: string) => number | undefined): number {
  if (span.parentId === undefined) return NO_PARENT;
  const parent = numberOf(span.parentId) ?? MISSING_PARENT;
  return parent === no ? NO_PARENT : parent;
}

/** One span as a row. `numberOf` finds the number of a parent by its id. */
export function rowOf(span: Span, no: number, numberOf: (spanId: string) => number | undefined): SpanRow {
  const row: SpanRow = {
    no,
    parent: parentOf(span, no, numberOf),
    name: span.name,
    kind: span.kind,
    status: span.status,
    startUs: span.startUs,
    tokens: span.usage === undefined ? 0 : totalTokens(span.usage),
    flags: flagsOf(span),
  };
  // Assigned one by one: a spread for each took five times as long, and rows are made for every span that is stored.
  if (span.role !== undefined) row.role = span.role;
  if (span.lane !== undefined) row.lane = span.lane;
  if (span.endUs !== undefined) row.endUs = span.endUs;
  if (span.firstTokenUs !== undefined) row.firstTokenUs = span.firstTokenUs;
  if (span.model !== undefined) row.model = span.model;
  if (span.tool !== undefined) row.tool = span.tool.name;
  if (span.error !== undefined) row.error = errorLineOf(span.error);
  const costUsd = countedCostOf(span);
  if (costUsd !== undefined) row.costUsd = costUsd;
  if (span.toolUses !== undefined) row.toolUses = span.toolUses;
  const stageUse = span.kind === 'stage' ? stageUseOf(span) : undefined;
  if (stageUse !== undefined) row.stageUse = stageUse;
  if (span.endUs === undefined) {
    const heardUs = heardUsOf(span);
    if (heardUs !== undefined) row.heardUs = heardUs;
  }
  return row;
}

/** When an open span was heard of last since its start: its newest event or update. */
export function heardUsOf({
  startUs,
  updatedUs,
  events,
}: Pick<Span, 'startUs' | 'updatedUs' | 'events'>): number | undefined {
  const newestUs = Math.max(updatedUs ?? startUs, events?.at(-1)?.tsUs ?? startUs);
  return newestUs > startUs ? newestUs : undefined;
}

/** The first line of an error, with its type, at most 200 characters. */
export function errorLineOf(error: { type?: string; message: string }): string {
  const { type, message } = error;
  return firstLine(type && !message.startsWith(type) ? `${type}: ${message}` : message, 200);
}

/** All spans of a run as columns. Who folds the run knows the numbers of its spans; else they are looked for. */
export function columnsOf(
  run: RunHeader & { spans: readonly Span[] },
  numberOf: (spanId: string) => number | undefined = numbersIn(run.spans),
): SpanColumns {
  const builder = new ColumnBuilder(emptyColumns(run.spans.length));
  const { spans } = run;
  for (let no = 0; no < spans.length; no++) builder.set(rowOf(spans[no]!, no, numberOf));
  return builder.columns;
}

function numbersIn(spans: readonly Span[]): (spanId: string) => number | undefined {
  const numbers = new Map<string, number>();
  for (const [no, span] of spans.entries()) numbers.set(span.spanId, no);
  return (spanId) => numbers.get(spanId);
}
