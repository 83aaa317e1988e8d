import type { Span } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS, type Usage } from '@tacho/trace/model/usage';

/** In place of a number that is not there. */
export const ABSENT = -1;

/** What a BIGINT holds of a number: whole and not negative. Everything else stands in `rest`. */
export function counted(value: number | undefined): number {
  return value !== undefined && value >= 0 && Number.isSafeInteger(value) ? value : ABSENT;
}

export function startOf(span: Span): number {
  return Number.isSafeInteger(span.startUs) ? span.startUs : 0;
}

/** Microseconds after the span's start, as its column has it. */
export function sinceStart(span: Span, value: number | undefined): number {
  return value === undefined || !Number.isSafeInteger(value) ? ABSENT : counted(value - startOf(span));
}

export function cost(value: number | undefined): number {
  return value !== undefined && value >= 0 ? value : ABSENT;
}

/** Fields that no column has. */
const FREE_FIELDS = [
  'startEstimated',
  'updatedUs',
  'error',
  'callKey',
  'duplicateOfRun',
  'attributes',
  'events',
  'links',
] as const satisfies readonly (keyof Span)[];

/** True for a usage whose buckets all fit their columns. */
export function fitsColumns(usage: Usage): boolean {
  return counted(usage.requests) !== ABSENT && TOKEN_BUCKETS.every((name) => counted(usage[name]) !== ABSENT);
}

/** Whether a column holds the value that a span has in this field. */
const FITS = {
  replay: (span) => span.replay !== false,
  placeholderOutput: (span) => span.placeholderOutput !== false,
  tool: ({ tool }) => tool === undefined || (tool.callId === undefined && tool.category === undefined),
  costUsd: (span) => cost(span.costUsd) === span.costUsd,
  reportedCostUsd: (span) => cost(span.reportedCostUsd) === span.reportedCostUsd,
  startUs: (span) => startOf(span) === span.startUs,
  toolUses: (span) => counted(span.toolUses) !== ABSENT,
  endUs: (span) => sinceStart(span, span.endUs) !== ABSENT,
  firstTokenUs: (span) => sinceStart(span, span.firstTokenUs) !== ABSENT,
  usage: (span) => span.usage === undefined || fitsColumns(span.usage),
} as const satisfies { [Field in keyof Span]?: (span: Span) => boolean };

const CHECKED_FIELDS = Object.entries(FITS) as [keyof Span, (span: Span) => boolean][];

/** What the columns cannot say of a span, as JSON: free fields, values that do not fit, and a parent without a number. */
export function restOf(span: Span, parent: number): string {
  let text = '';
  for (const name of FREE_FIELDS) if (span[name] !== undefined) text += member(name, span, text);
  for (const [name, fits] of CHECKED_FIELDS)
    if (span[name] !== undefined && !fits(span)) text += member(name, span, text);
  if (parent < 0 && span.parentId !== undefined) text += member('parentId', span, text);
  return text === '' ? '' : `${text}}`;
}

/** A field behind those that are in `before`: to cut a comma off in the end would copy the whole text. */
function member(name: keyof Span, span: Span, before: string): string {
  return `${before === '' ? '{' : ','}"${name}":${JSON.stringify(span[name])}`;
}
