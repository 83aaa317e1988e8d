import { usToSeconds } from '../../model/time.ts';
import type { SpanNews } from '../record-batch.ts';
import { RecordBatch } from '../record-batch.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';
import type { Clock, Moment } from './clock.ts';

type Timed = { readonly spanId: string; start: Moment | undefined; end: Moment | undefined; told?: string };

/** Spans whose times can still get better, at most: an output of millions of lines without any time keeps its guesses. */
const REMEMBERED = 10_000;

/** Spans with times that get better while the output is read. What other files know of their times stands. */
export class TimedSpans {
  readonly batch = new RecordBatch();
  readonly #clock: Clock;
  readonly #spans = new Map<string, Timed>();
  readonly #changed = new Set<Timed>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.batch.startsRun = false;
  }

  /** Something is known of a span beside its times. */
  tell(spanId: string, news: SpanNews): void {
    this.batch.span(spanId, { estimated: true, ...news });
  }

  /** The span starts at `start`, unless it did before. */
  begin(spanId: string, start: Moment, news: SpanNews): void {
    this.tell(spanId, news);
    if (this.#spans.has(spanId)) return;
    this.#remember({ spanId, start, end: undefined });
  }

  end(spanId: string, end: Moment, news: SpanNews): void {
    this.tell(spanId, news);
    const span = this.#spans.get(spanId);
    if (span !== undefined) {
      span.end = end;
      this.#changed.add(span);
    } else this.#remember({ spanId, start: undefined, end });
  }

  #remember(span: Timed): void {
    this.#spans.set(span.spanId, span);
    this.#changed.add(span);
    if (this.#spans.size <= REMEMBERED) return;
    const [oldest, first] = this.#spans.entries().next().value!;
    if (this.#changed.delete(first)) this.#tell(first);
    this.#spans.delete(oldest);
  }

  /** Tells the times of what changed, or was not settled when it was told. */
  tellTimes(): void {
    for (const span of this.#changed) {
      this.#tell(span);
      if (span.start?.settled !== false && span.end?.settled !== false) this.#changed.delete(span);
    }
  }

  #tell(span: Timed): void {
    const { spanId, start, end } = span;
    // Guesses that stay as they were need no telling again.
    const told = `${start?.us} ${end?.us} ${this.#clock.known}`;
    if (told === span.told) return;
    span.told = told;
    if (!this.#clock.known) this.batch.run({ time_untold: true });
    this.tell(spanId, {
      ...(start !== undefined && { ts: usToSeconds(start.us) }),
      ...(end !== undefined && { end_ts: usToSeconds(Math.max(start?.us ?? 0, end.us)) }),
      ...(!this.#clock.known && { attributes: { [TIME_ESTIMATED]: true } }),
    });
  }
}
