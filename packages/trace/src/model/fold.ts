import { describeRun, putScore, scoreFrom } from './fold-run.ts';
import { addSpanEvent, describeSpan, eventFrom } from './fold-span.ts';
import { contentId } from './ids.ts';
import { asNumber, isObject } from './json.ts';
import { addNote } from './quality.ts';
import type {
  PhaseRecord,
  SpanEndRecord,
  SpanFields,
  SpanRecord,
  TraceRecord,
  UsageRecord,
} from './record.ts';
import type { Run, RunHeader } from './run.ts';
import { kindOf, type Span } from './span.ts';
import { lastingUs, secondsToUs } from './time.ts';
import { hasImpossibleUsage, isUsageField, usageFrom } from './usage-fields.ts';

/** Records that tell of the work itself. */
const WORK = new Set<TraceRecord['event']>([
  'span_start',
  'span_update',
  'span_end',
  'span',
  'phase',
  'usage',
]);

const NONE: readonly number[] = [];

/** A run of which nothing is known yet. */
export function emptyRun(runId: string): Run {
  return {
    runId,
    name: runId,
    labels: {},
    startUs: 0,
    lastUs: 0,
    status: 'running',
    scores: [],
    notes: [],
    attributes: {},
    spans: [],
  };
}

/**
 * Folds records into a run: the one place where the stream becomes spans, used by recorder, server, CLI and browser.
 * Applying a record twice changes nothing; records may come in any order.
 */
export class RunFold {
  readonly run: Run;
  /** Numbers of the spans that changed since they were last taken. */
  readonly #changed = new Set<number>();
  /** Span id → the number of the span that bears it, or the numbers where a source repeats ids. A list for each took 60 bytes a span. */
  readonly #byId = new Map<string, number | number[]>();
  /** Spans whose parent is not known yet, by the parent's id: they change when it comes. */
  readonly #orphans = new Map<string, number[]>();
  /** The newest stage of each name. */
  readonly #stages = new Map<string, number>();

  /** `run` continues a run that was folded before (a store's copy after a restart). */
  constructor(run: Run) {
    this.run = run;
    for (const [number, { spanId }] of run.spans.entries()) {
      const id = originalId(spanId);
      this.#bear(id, number);
      // A written stream names the repetitions themselves.
      if (id !== spanId) this.#byId.set(spanId, number);
    }
    for (const [number, span] of run.spans.entries()) {
      this.#waitForParent(number, span.parentId);
      if (span.kind === 'stage') this.#stages.set(span.name, number);
    }
  }

  /** Numbers of the spans that changed since the last call. */
  takeChanged(): number[] {
    const numbers = [...this.#changed];
    this.#changed.clear();
    return numbers;
  }

  /** The span was changed from outside. */
  change(no: number): void {
    this.#changed.add(no);
  }

  /** The number of the newest span with this id. */
  numberOf(spanId: string): number | undefined {
    const found = this.#byId.get(spanId);
    return typeof found === 'object' ? found.at(-1) : found;
  }

  /** The number of the span that bears just this id: the first one, where a source repeats it. */
  exactNumberOf(spanId: string): number | undefined {
    const found = this.#byId.get(spanId);
    return typeof found === 'object' ? found[0] : found;
  }

  /** The numbers of all spans with this id, in the order in which they came. */
  #numbersOf(spanId: string): readonly number[] {
    const found = this.#byId.get(spanId);
    return found === undefined ? NONE : typeof found === 'number' ? [found] : found;
  }

  #bear(spanId: string, number: number): void {
    const found = this.#byId.get(spanId);
    if (found === undefined) this.#byId.set(spanId, number);
    else if (typeof found === 'number') this.#byId.set(spanId, [found, number]);
    else found.push(number);
  }

  /** Takes a record in. False when it says only what was known: a line read twice, a batch sent again. */
  apply(record: TraceRecord): boolean {
    const tsUs = record.ts === undefined ? undefined : secondsToUs(record.ts);
    if (this.run.settled && tsUs !== undefined && tsUs > this.run.lastUs) this.#reopen();
    if (tsUs !== undefined && tsUs > this.run.lastUs) this.run.lastUs = tsUs;
    const news = this.#take(record, tsUs);
    // Late lines of another file of the run: how it went is to be judged again, with them.
    if (news && this.run.settled && WORK.has(record.event)) this.#reopen();
    if (this.run.endEstimated) this.run.endUs = this.run.lastUs;
    return news;
  }

  #take(record: TraceRecord, tsUs: number | undefined): boolean {
    switch (record.event) {
      case 'run_start':
      case 'run_update':
      case 'run_end': {
        const before = JSON.stringify(headerOf(this.run));
        describeRun(this.run, record);
        if (record.event === 'run_end') delete this.run.settled;
        return JSON.stringify(headerOf(this.run)) !== before;
      }
      case 'span_start':
        return this.#start(record.span_id, tsUs, record);
      case 'span_update': {
        const number = this.#openOr(record.span_id, tsUs, record);
        const before = withoutPayload(this.#span(number));
        if (record.status === 'running') delete this.#span(number).endUs;
        this.#hear(this.#span(number), tsUs);
        this.#describe(number, record);
        return withoutPayload(this.#span(number)) !== before;
      }
      case 'span_event': {
        const number = this.#openOr(record.span_id, tsUs, record);
        const event = eventFrom(record, this.run.lastUs);
        const added = event !== undefined && addSpanEvent(this.#span(number), event);
        if (added) this.#changed.add(number);
        return added;
      }
      case 'span_end':
        return this.#end(record, tsUs);
      case 'span':
        return this.#whole(record, tsUs);
      case 'phase':
        return this.#phase(record, tsUs);
      case 'usage':
        return this.#usage(record, tsUs);
      case 'score': {
        const score = scoreFrom(record);
        return score !== undefined && putScore(this.run, score);
      }
    }
  }

  /** Work went on in a run that had been taken for over. */
  #reopen(): void {
    delete this.run.settled;
    delete this.run.endUs;
    this.run.status = 'running';
  }

  #waitForParent(number: number, parentId: string | undefined): void {
    if (parentId === undefined || this.#byId.has(parentId)) return;
    const waiting = this.#orphans.get(parentId);
    if (waiting) waiting.push(number);
    else this.#orphans.set(parentId, [number]);
  }

  /** Of several spans with the parent's id it is the newest, and stays it when there are more. */
  #putUnder(number: number, parent: string): void {
    const span = this.#span(number);
    if (span.parentId !== undefined && (span.parentId === parent || originalId(span.parentId) === parent))
      return;
    const known = this.numberOf(parent);
    span.parentId = known === undefined || known === number ? parent : this.#span(known).spanId;
    this.#waitForParent(number, span.parentId);
  }

  #span(number: number): Span {
    return this.run.spans[number]!;
  }

  #add(spanId: string, startUs: number, record: SpanFields): number {
    const { length } = this.#numbersOf(spanId);
    const number = this.run.spans.length;
    const own = length > 0 ? `${spanId}${REPEAT}${length + 1}` : spanId;
    const { kind, role } = kindOf(record.kind);
    this.run.spans.push({
      spanId: own,
      name: record.component ?? spanId,
      kind,
      ...(role !== undefined && { role }),
      startUs,
      status: 'unset',
    });
    this.#bear(spanId, number);
    if (length > 0) addNote(this.run.notes, 'repeated-id', spanId);
    for (const waiting of this.#orphans.get(spanId) ?? []) this.#changed.add(waiting);
    this.#orphans.delete(spanId);
    if (own !== spanId) this.#byId.set(own, number);
    this.#runStartsBy(startUs);
    return number;
  }

  #startsAt(number: number, startUs: number): void {
    const span = this.#span(number);
    const beforeUs = span.startUs;
    span.startUs = startUs;
    // A start that was made up was the first sign of life that had come.
    if (span.startEstimated) this.#hear(span, beforeUs);
    if (span.updatedUs !== undefined && span.updatedUs <= startUs) delete span.updatedUs;
    this.#runStartsBy(startUs);
  }

  /** Without a `run_start` a run starts with the first of its spans. */
  #runStartsBy(startUs: number): void {
    const { run } = this;
    if (run.startUs > 0 && (!run.startEstimated || startUs >= run.startUs)) return;
    run.startUs = startUs;
    run.startEstimated = true;
  }

  #describe(number: number, record: TraceRecord & SpanFields): void {
    const span = this.#span(number);
    describeSpan(span, record);
    if (record.parent) this.#putUnder(number, record.parent);
    else if (record.fallback_parent && span.parentId === undefined)
      this.#putUnder(number, record.fallback_parent);
    if (hasImpossibleUsage(record.tokens) || hasImpossibleUsage(record.usage)) {
      addNote(this.run.notes, 'impossible-value', span.spanId);
    }
    if (span.kind === 'stage') this.#stages.set(span.name, number);
    this.#changed.add(number);
  }

  #start(spanId: string, tsUs: number | undefined, record: TraceRecord & SpanFields): boolean {
    const startUs = tsUs ?? this.run.lastUs;
    const numbers = this.#numbersOf(spanId);
    const startless = numbers.find((number) => this.#span(number).startEstimated);
    if (startless !== undefined) {
      const span = this.#span(startless);
      this.#startsAt(startless, startUs);
      delete span.startEstimated;
      this.#closeOrder(span);
      this.#describe(startless, record);
      return true;
    }
    const same = numbers.find((number) => this.#span(number).startUs === startUs);
    const open = numbers.find((number) => this.#span(number).endUs === undefined);
    // The same start read again, or a start that an importer corrects, describes the span that is there.
    this.#describe(same ?? open ?? this.#add(spanId, startUs, record), record);
    return same === undefined;
  }

  /** The newest span with this id that had begun by then, made up when it was never started. */
  #openOr(spanId: string, tsUs: number | undefined, record: TraceRecord & SpanFields): number {
    const begun =
      tsUs === undefined
        ? undefined
        : this.#numbersOf(spanId).findLast((number) => this.#span(number).startUs <= tsUs);
    const known = begun ?? this.numberOf(spanId);
    if (known !== undefined) return known;
    const number = this.#add(spanId, tsUs ?? this.run.lastUs, record);
    this.#span(number).startEstimated = true;
    return number;
  }

  #end(record: SpanEndRecord, tsUs: number | undefined): boolean {
    const endUs = tsUs ?? this.run.lastUs;
    const durationUs = this.#duration(record);
    const numbers = this.#numbersOf(record.span_id);
    const open = numbers.findLast((number) => {
      const span = this.#span(number);
      return span.endUs === undefined && (span.startUs <= endUs || numbers.length === 1);
    });
    // An end that was read before belongs to the span that it ended, not to the newest repetition.
    const ended = numbers.findLast((number) => this.#span(number).startUs <= endUs);
    const same = numbers.find((number) => this.#endsAt(number, endUs, durationUs));
    let number = same ?? open ?? ended ?? numbers.at(-1);
    if (number === undefined) {
      number = this.#add(record.span_id, endUs - (durationUs ?? 0), record);
      addNote(this.run.notes, 'missing-start', record.span_id);
      this.#span(number).startEstimated = true;
    } else if (this.#span(number).startEstimated && durationUs !== undefined)
      this.#startsAt(number, endUs - durationUs);
    const span = this.#span(number);
    const endedUs = span.endUs;
    const before = same === undefined ? undefined : withoutPayload(span);
    span.endUs = durationUs === undefined ? endUs : span.startUs + durationUs;
    if (span.endUs > this.run.lastUs) this.run.lastUs = span.endUs;
    this.#closeOrder(span);
    this.#describe(number, record);
    if (span.status === 'unset' && record.status === undefined) span.status = span.error ? 'error' : 'ok';
    return span.endUs !== endedUs || (before !== undefined && withoutPayload(span) !== before);
  }

  #endsAt(number: number, endUs: number, durationUs: number | undefined): boolean {
    const span = this.#span(number);
    return span.endUs === (durationUs === undefined ? endUs : span.startUs + durationUs);
  }

  #whole(record: SpanRecord, tsUs: number | undefined): boolean {
    const durationUs = this.#duration(record);
    const endUs = record.end_ts === undefined ? undefined : secondsToUs(record.end_ts);
    const startUs = tsUs ?? (endUs === undefined ? this.run.lastUs : endUs - (durationUs ?? 0));
    const known = this.numberOf(record.span_id);
    const number = known ?? this.#add(record.span_id, startUs, record);
    const span = this.#span(number);
    const before = known === undefined ? undefined : withoutPayload(span);
    const estimated = record.estimated === true;
    const settled = estimated && known !== undefined && !span.startEstimated;
    if (tsUs !== undefined && !settled) this.#startsAt(number, startUs);
    if (!estimated) delete span.startEstimated;
    else if (!settled) span.startEstimated = true;
    const end = durationUs === undefined ? endUs : span.startUs + durationUs;
    if (end !== undefined && !(settled && span.endUs !== undefined)) {
      span.endUs = end;
      if (end > this.run.lastUs) this.run.lastUs = end;
    } else if (record.status === 'running' && end === undefined) delete span.endUs;
    this.#closeOrder(span);
    for (const item of Array.isArray(record.events) ? record.events : []) {
      const event = isObject(item) ? eventFrom(item, span.startUs) : undefined;
      if (event) addSpanEvent(span, event);
    }
    this.#describe(number, record);
    if (end !== undefined && span.status === 'unset' && record.status === undefined)
      span.status = span.error ? 'error' : 'ok';
    return before === undefined || withoutPayload(span) !== before;
  }

  /** A sign of life of an open span. */
  #hear(span: Span, tsUs: number | undefined): void {
    if (span.endUs === undefined && tsUs !== undefined && tsUs > (span.updatedUs ?? span.startUs))
      span.updatedUs = tsUs;
  }

  #closeOrder(span: Span): void {
    if (span.endUs === undefined) return;
    if (span.updatedUs !== undefined) delete span.updatedUs;
    if (span.endUs >= span.startUs) return;
    addNote(this.run.notes, 'ends-before-start', span.spanId);
    span.endUs = span.startUs;
  }

  /** Microseconds of `duration_ms`; an impossible one is noted and ignored. */
  #duration(record: SpanFields & { span_id: string }): number | undefined {
    const durationMs = asNumber(record.duration_ms);
    if (durationMs === undefined) return undefined;
    const lasted = lastingUs(durationMs);
    if (lasted === undefined) addNote(this.run.notes, 'impossible-value', record.span_id);
    return lasted;
  }

  /** `phase` closes or describes the stage of that name; one nobody opened is made from its `wall_ms`. */
  #phase(record: PhaseRecord, tsUs: number | undefined): boolean {
    const wallMs = asNumber(record.wall_ms);
    const endUs = tsUs ?? this.run.lastUs;
    const stage = this.#stages.get(record.name);
    const { wall_ms: _, ...described } = record;
    if (stage !== undefined) {
      const span = this.#span(stage);
      const before = withoutPayload(span);
      if (span.endUs === undefined && wallMs !== undefined) span.endUs = Math.max(span.startUs, endUs);
      if (span.endUs !== undefined && span.status === 'unset') span.status = 'ok';
      this.#closeOrder(span);
      describeSpan(span, described);
      this.#changed.add(stage);
      return withoutPayload(span) !== before;
    }
    const { name } = record;
    const id = `phase:${name}`;
    const number = this.#add(id, endUs - (lastingUs(wallMs ?? 0) ?? 0), {
      kind: 'stage',
      component: name,
    });
    const span = this.#span(number);
    span.endUs = endUs;
    span.status = 'ok';
    describeSpan(span, described);
    this.#stages.set(name, number);
    this.#changed.add(number);
    return true;
  }

  /** A call reported after the fact is a leaf span: whatever counts tokens is a span, and counts once by its id. */
  #usage(record: UsageRecord, tsUs: number | undefined): boolean {
    const endUs = tsUs ?? this.run.lastUs;
    const {
      span_id: parent,
      stage,
      call_id: callId,
      usage,
      cached,
      request_ms,
      request_id: requestId,
      ...rest
    } = record;
    const id = `call:${callId ?? requestId ?? contentId(JSON.stringify(record))}`;
    const requestUs = lastingUs(asNumber(request_ms) ?? 0) ?? 0;
    const known = this.numberOf(id);
    const number = known ?? this.#add(id, endUs - requestUs, { kind: 'llm' });
    // A line that says when it was, after one that did not: two files tell of one call. The reverse changes nothing.
    const timed = known === undefined || tsUs !== undefined;
    const span = this.#span(number);
    const before = known === undefined ? undefined : withoutPayload(span);
    const buckets = usageFrom(usage ?? record);
    for (const field in rest) if (isUsageField(field)) delete rest[field];
    describeSpan(span, rest);
    span.name = rest.name === undefined ? (span.model ?? 'model call') : span.name;
    if (timed) {
      this.#startsAt(number, endUs - requestUs);
      span.endUs = endUs;
    }
    if (span.status === 'unset') span.status = 'ok';
    if (buckets) span.usage = buckets;
    if (cached === true && span.usage) span.usage.requests = 0;
    if (requestId !== undefined) span.callKey ??= requestId;
    if (stage !== undefined) span.attributes = { ...span.attributes, stage };
    const ofStage = stage === undefined ? undefined : this.#stages.get(stage);
    const parentId = parent ?? (ofStage === undefined ? undefined : this.#span(ofStage).spanId);
    if (parentId !== undefined) this.#putUnder(number, parentId);
    if (hasImpossibleUsage(usage ?? record)) addNote(this.run.notes, 'impossible-value', id);
    this.#changed.add(number);
    return before === undefined || withoutPayload(span) !== before;
  }
}

/** A span as text, to see whether something changed it. */
function withoutPayload(span: Span): string {
  return JSON.stringify({ ...span, inputs: undefined, outputs: undefined });
}

/** Stands between an id and the number of its repetition: an invisible separator, which no source’s own ids have. */
const REPEAT = '\u2063×';

function originalId(spanId: string): string {
  const at = spanId.lastIndexOf(REPEAT);
  return at > 0 && /^\d+$/.test(spanId.slice(at + REPEAT.length)) ? spanId.slice(0, at) : spanId;
}

/** All records of one run, folded. Records of other runs must be kept apart by the caller. */
export function foldRun(records: Iterable<TraceRecord>, runId = 'run'): Run {
  let fold: RunFold | undefined;
  for (const record of records) {
    fold ??= new RunFold(emptyRun(record.run_id ?? runId));
    fold.apply(record);
  }
  return fold?.run ?? emptyRun(runId);
}

/** The run without its spans. */
export function headerOf(run: Run): RunHeader {
  const { spans: _, ...header } = run;
  return header;
}
