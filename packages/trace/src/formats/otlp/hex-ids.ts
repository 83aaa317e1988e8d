import { contentId } from '../../model/ids.ts';
import type { Run } from '../../model/run.ts';
import { isSpanId, isTraceId } from './span-record.ts';

const SPAN_DIGITS = 16;
const TRACE_DIGITS = 32;

/** A text as so many hexadecimal digits, the same ones each time; never all zero. */
function digitsOf(text: string, count: number): string {
  let digits = '';
  for (let part = 1; digits.length < count; part++) digits += contentId(`${part} ${text}`);
  return `${digits.slice(0, count - 1)}${digits.at(-1) === '0' ? '1' : digits.at(-1)}`;
}

/** The trace id of a run: its own id where that is one. */
export function traceIdOf(runId: string): string {
  return isTraceId(runId) ? runId : digitsOf(runId, TRACE_DIGITS);
}

/** Ids of spans as OTLP has them: their own where those are legal, others made of them, no two the same within a run. */
export class SpanIds {
  readonly #known = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor({ spans }: Run) {
    for (const { spanId, parentId } of spans)
      for (const id of [spanId, parentId]) if (id !== undefined && isSpanId(id)) this.#taken.add(id);
  }

  of(spanId: string): string {
    if (this.#taken.has(spanId)) return spanId;
    const known = this.#known.get(spanId);
    if (known !== undefined) return known;
    let made = digitsOf(spanId, SPAN_DIGITS);
    for (let attempt = 2; this.#taken.has(made); attempt++)
      made = digitsOf(`${attempt} ${spanId}`, SPAN_DIGITS);
    this.#taken.add(made);
    this.#known.set(spanId, made);
    return made;
  }

  /** The id of a span of another run, as that run's own export has it where no two of its ids fall together. */
  ofOther(spanId: string): string {
    return isSpanId(spanId) ? spanId : digitsOf(spanId, SPAN_DIGITS);
  }
}
