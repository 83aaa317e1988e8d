import type { SpanColumns } from '../model/columns.ts';

export function isOpen(columns: SpanColumns, no: number): boolean {
  return Number.isNaN(columns.endUs[no]!);
}

/** Where a span ends on the screen: its end, or now while it is open. Never before its start, whatever the clocks say. */
export function endAt(columns: SpanColumns, no: number, nowUs: number): number {
  const start = columns.startUs[no]!;
  const end = columns.endUs[no]!;
  return Math.max(start, Number.isNaN(end) ? nowUs : end);
}

/** `endAt` of every span. */
export function endsOf(columns: SpanColumns, nowUs: number): Float64Array {
  const ends = new Float64Array(columns.count);
  for (let no = 0; no < columns.count; no++) ends[no] = endAt(columns, no, nowUs);
  return ends;
}

/** First start and last end of all spans; undefined without spans. */
export function extentOf(columns: SpanColumns, nowUs: number): { fromUs: number; toUs: number } | undefined {
  if (columns.count === 0) return undefined;
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  for (let no = 0; no < columns.count; no++) {
    fromUs = Math.min(fromUs, columns.startUs[no]!);
    toUs = Math.max(toUs, endAt(columns, no, nowUs));
  }
  return { fromUs, toUs };
}
