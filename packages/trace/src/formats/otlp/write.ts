import { isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Score } from '../../model/score.ts';
import type { Span } from '../../model/span.ts';
import { usToSeconds } from '../../model/time.ts';
import { type RecordFields, recordsOf as runRecords, spanRecords } from '../run-records.ts';
import { attributeList } from './any-value.ts';
import { decodeTracesJson } from './decode-json.ts';
import { OWN_RUN, OWN_SPAN } from './dialects/own.ts';
import { SpanIds, traceIdOf } from './hex-ids.ts';
import { ownDifference } from './own-difference.ts';
import { recordsOf } from './records.ts';
import { otlpSpan, scopeOf, startOf, type Writing } from './write-span.ts';

/** Spans of one request, and characters after which it ends earlier: collectors and other receivers limit both. */
const BATCH_SPANS = 500;
const BATCH_CHARS = 2 * 1024 * 1024;

/**
 * The run as export requests in JSON, one a line: a file of one line is what OTLP/HTTP takes, more are what file
 * exporters write. What OTLP has no name for travels beside it (dialects/own.ts).
 */
export function* write(run: Run): Generator<string, void, undefined> {
  const writing = writingOf(run);
  const resource = resourceAttributes(run);
  let own = ownRun(run);
  let at = 0;
  do {
    const spans = run.spans.slice(at, at + BATCH_SPANS);
    const scopes = spans.map((span) => JSON.stringify(scopeOf(span)));
    const texts = spanTexts(spans, scopes, writing, resource);
    let next = 0;
    do {
      const end = next + lengthOfBatch(texts, next);
      yield* line(
        { ...resource, [OWN_RUN]: JSON.stringify(own) },
        texts.slice(next, end),
        scopes.slice(next, end),
      );
      own = furtherRun(run.runId);
      next = end;
    } while (next < texts.length);
    at += spans.length;
  } while (at < run.spans.length);
}

function writingOf(run: Run): Writing {
  const root = run.spans.find(({ parentId }) => parentId === undefined)?.spanId;
  const scores = new Map<string, Score[]>();
  for (const score of run.scores) {
    const of = score.spanId ?? root;
    if (of === undefined) continue;
    const known = scores.get(of);
    if (known) known.push(score);
    else scores.set(of, [score]);
  }
  return { run, traceId: traceIdOf(run.runId), ids: new SpanIds(run), scores };
}

/** The resource's own attributes where the run came with some; else who the run is by its labels. */
function resourceAttributes({ attributes, labels, project }: Run): JsonObject {
  const { resource } = attributes;
  const { [OWN_RUN]: _, ...said } = isObject(resource) ? resource : {};
  const version = labels.service_version;
  return {
    'service.name': labels.service ?? labels.agent ?? project ?? 'tacho',
    ...(version !== undefined && { 'service.version': version }),
    ...(labels.environment !== undefined && { 'deployment.environment.name': labels.environment }),
    ...said,
  };
}

/** Each span as text, with what a reader would not see in it. */
function spanTexts(
  spans: readonly Span[],
  scopes: readonly string[],
  writing: Writing,
  resource: JsonObject,
): string[] {
  const written = spans.map((span) => otlpSpan(span, writing));
  const read = recordsRead(written, scopes, resource);
  return written.map((span, at) => {
    const own = ownDifference(wantedRecord(spans[at]!, writing.run), read[at]! as JsonObject);
    const attributes = span.attributes as JsonObject[];
    if (own !== undefined) attributes.push(...attributeList({ [OWN_SPAN]: JSON.stringify(own) }));
    return JSON.stringify(span);
  });
}

/** The records that a reader of the file would make of spans, one of each. */
function recordsRead(
  spans: readonly JsonObject[],
  scopes: readonly string[],
  resource: JsonObject,
): TraceRecord[] {
  const scopeSpans: { scope: JsonObject; spans: JsonObject[] }[] = [];
  for (const [at, span] of spans.entries()) {
    if (at > 0 && scopes[at] === scopes[at - 1]) scopeSpans.at(-1)!.spans.push(span);
    else scopeSpans.push({ scope: JSON.parse(scopes[at]!) as JsonObject, spans: [span] });
  }
  const ignore = (): void => {};
  const owned = { resource: { attributes: attributeList(resource) }, scopeSpans };
  const request = decodeTracesJson({ resourceSpans: [owned] }, ignore);
  return recordsOf(request, ignore).filter(({ event }) => event === 'span');
}

/** The record that a reader shall make of a span. */
function wantedRecord(span: Span, run: Run): RecordFields {
  const { startEstimated, ...whole } = span;
  const [record] = spanRecords(whole, run.runId);
  const { duration_ms: durationMs, ...fields } = record!;
  const told = span.startUs > 0 && startOf(span, run) === span.startUs;
  return {
    ...fields,
    ...(startEstimated && { estimated: true }),
    // Of a span without times only how long it took is known.
    ...(told ? { end_ts: span.endUs && usToSeconds(span.endUs) } : { duration_ms: durationMs }),
    status: fields.status ?? 'running',
  };
}

/** How many of the texts make a request: as many as fit, and one at least. */
function lengthOfBatch(texts: readonly string[], from: number): number {
  let chars = 0;
  let at = from;
  for (; at < texts.length && (at === from || chars + texts[at]!.length <= BATCH_CHARS); at++)
    chars += texts[at]!.length;
  return at - from;
}

/** One request. Spans that follow each other in one scope stand in one list, so that their order stays. */
function* line(resource: JsonObject, spans: readonly string[], scopes: readonly string[]): Generator<string> {
  yield `{"resourceSpans":[{"resource":${JSON.stringify({ attributes: attributeList(resource) })},"scopeSpans":[`;
  for (const [at, span] of spans.entries()) {
    if (at > 0 && scopes[at] === scopes[at - 1]) yield `,${span}`;
    else yield `${at === 0 ? '' : ']},'}{"scope":${scopes[at]},"spans":[${span}`;
  }
  yield `${spans.length === 0 ? '' : ']}'}]}]}\n`;
}

/** What the run itself says, as dialects/own.ts has it. */
function ownRun(run: Run): JsonObject {
  const own: JsonObject = { ...furtherRun(run.runId), ts: usToSeconds(run.startUs) };
  const scores: JsonObject[] = [];
  for (const { event, ts: _, run_id: __, ...fields } of runRecords({ ...run, spans: [] })) {
    if (event === 'score') scores.push(fields as JsonObject);
    else for (const [field, value] of Object.entries(fields)) if (value !== undefined) own[field] = value;
  }
  return {
    ...own,
    scores,
    ...(run.endUs !== undefined && { end_ts: usToSeconds(run.endUs) }),
    last_ts: usToSeconds(run.lastUs),
  };
}

/** What lines behind the first say of the run: its id, and that nothing in them is news of it. */
function furtherRun(runId: string): JsonObject {
  const nothing = { name: null, session_id: null, project: null, quality: null };
  return { run_id: runId, labels: {}, attributes: {}, scores: [], ...nothing };
}
