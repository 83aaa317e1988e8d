import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { usToSeconds } from '../../model/time.ts';
import { asObject, attributeOf } from './attributes.ts';
import { DETAILS_EVENT } from './dialects/gen-ai.ts';
import { tableOf } from './dialects/list.ts';
import type { Slots } from './dialects/slots.ts';
import { eventMessages, isMessageEvent, type SaidEvent } from './event-messages.ts';
import type { OtlpLog, OtlpResourceLogs, OtlpScope } from './request.ts';
import { EVALUATION_EVENT, scoreRecords } from './scores.ts';
import { putFields } from './span-fields.ts';
import { isSpanId, isTraceId, scoresOf } from './span-record.ts';

type Refuse = (reason: string) => void;

const NO_SPAN =
  'a log record is not kept: it names no trace and span, and Tacho keeps what belongs to a trace';

/** Messages of one span, in the order of their logs. */
type Said = { runId: string; spanId: string; timeUs: number; messages: SaidEvent[] };

/**
 * Logs that belong to a span, as records: messages of a model call as the span's inputs and outputs, evaluations as
 * scores, everything else as an event of the span. `refuse` is called once for each log that belongs to none.
 */
export function logRecords(owned: readonly OtlpResourceLogs[], slots: Slots, refuse: Refuse): TraceRecord[] {
  const records: TraceRecord[] = [];
  const said = new Map<string, Said>();
  for (const { scopeLogs } of owned)
    for (const { scope, logs } of scopeLogs)
      for (const log of logs) {
        const { traceId, spanId, attributes } = log;
        const name = nameOf(log);
        const known = isTraceId(traceId);
        if (known && name === EVALUATION_EVENT)
          records.push(...scoreRecords(scoresOf(attributes), traceId, isSpanId(spanId) ? spanId : undefined));
        else if (!known || !isSpanId(spanId)) refuse(NO_SPAN);
        else if (name === DETAILS_EVENT) records.push(detailsOf(log, scope, slots));
        else if (isMessageEvent(name)) addMessage(said, log, name);
        else records.push(eventOf(log, name));
      }
  for (const one of said.values()) records.push(updateOf(one));
  return records;
}

function nameOf({ eventName, attributes }: OtlpLog): string {
  return eventName !== '' ? eventName : (asString(attributeOf(attributes, 'event.name')) ?? '');
}

function addMessage(said: Map<string, Said>, log: OtlpLog, name: string): void {
  const { traceId: runId, spanId, timeUs, body } = log;
  const key = runId + spanId;
  const content = isObject(body) ? body : body === null ? {} : { content: body };
  const message = { name, body: { ...asObject(log.attributes), ...content } };
  const known = said.get(key);
  if (known) known.messages.push(message);
  else said.set(key, { runId, spanId, timeUs, messages: [message] });
}

function updateOf({ runId, spanId, timeUs, messages }: Said): TraceRecord {
  const { inputs, outputs } = eventMessages(messages);
  return {
    event: 'span_update',
    run_id: runId,
    span_id: spanId,
    ...(timeUs > 0 && { ts: usToSeconds(timeUs) }),
    ...(inputs !== undefined && { inputs }),
    ...(outputs !== undefined && { outputs }),
  };
}

/** The attributes of a call, messages among them, which its span has or would have. */
function detailsOf(
  { traceId, spanId, timeUs, attributes, body }: OtlpLog,
  scope: OtlpScope,
  slots: Slots,
): TraceRecord {
  const table = tableOf(scope.name);
  const said = isObject(body) ? merged(attributes, body) : attributes;
  slots.read(table, said);
  const record: JsonObject = { event: 'span_update', run_id: traceId, span_id: spanId };
  if (timeUs > 0) record.ts = usToSeconds(timeUs);
  putFields(record, slots, table, '');
  const rest = slots.rest();
  delete rest?.['event.name'];
  for (const _ in rest) {
    record.attributes = rest;
    break;
  }
  return record as TraceRecord;
}

/** Older emitters have the attributes in the body. */
function merged({ keys, values }: OtlpLog['attributes'], body: JsonObject): OtlpLog['attributes'] {
  const more = Object.keys(body);
  return { keys: [...keys, ...more], values: [...values, ...more.map((key) => body[key] ?? null)] };
}

/** Texts of this length name a log that has no name. */
const MOST_NAME = 120;

/** Any other log, as a point in time of its span. */
function eventOf(log: OtlpLog, name: string): TraceRecord {
  const { traceId, spanId, timeUs, severity, body } = log;
  const attributes = asObject(log.attributes);
  delete attributes['event.name'];
  // Many logs have no name, and two of one name in one moment would be one.
  const text = typeof body === 'string' ? body : undefined;
  const called = name !== '' ? name : (asString(text?.slice(0, MOST_NAME)) ?? 'log');
  const isSaid = body === null || body === '' || called === text;
  return {
    event: 'span_event',
    run_id: traceId,
    span_id: spanId,
    name: called,
    ...(timeUs > 0 && { ts: usToSeconds(timeUs) }),
    ...(severity !== '' && { level: severity.toLowerCase() }),
    attributes: { ...attributes, ...(!isSaid && { body: body as JsonValue }) },
  };
}
