import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import {
  anyValue,
  attributesField,
  countField,
  enumField,
  fieldOf,
  idField,
  listField,
  objectField,
  textField,
  timeField,
} from './json-fields.ts';
import {
  emptyRequest,
  type OtlpLog,
  type OtlpRequest,
  type OtlpResource,
  type OtlpScope,
  type OtlpSpan,
} from './request.ts';

const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'];

type Refuse = (reason: string) => void;

/**
 * A parsed export request of traces or logs (or a file's line, which is the same) as OTLP/JSON writes it. Tolerates names in snake_case, ids in
 * base64, names of enums and numbers for digits. `refuse` is called once for each span or log that cannot be read.
 */
export function decodeTracesJson(value: unknown, refuse: Refuse): OtlpRequest {
  const request = emptyRequest();
  if (!isObject(value)) {
    refuse(`expected an object with "resourceSpans", found ${kindOfValue(value)}`);
    return request;
  }
  for (const list of ['resourceSpans', 'batches'])
    for (const owned of listField(value, list)) addResourceSpans(request, owned, refuse);
  for (const owned of listField(value, 'resourceLogs')) addResourceLogs(request, owned, refuse);
  request.ignoredMetrics = countMetrics(value);
  return request;
}

/** One element of `resourceSpans`, added to the request. */
export function addResourceSpans(request: OtlpRequest, owned: unknown, refuse: Refuse): void {
  if (!isObject(owned)) {
    refuse(`an element of "resourceSpans" is ${kindOfValue(owned)}, expected an object`);
    return;
  }
  // Until version 0.15 scopes were called instrumentation libraries.
  const scoped = [...listField(owned, 'scopeSpans'), ...listField(owned, 'instrumentationLibrarySpans')];
  const scopeSpans = scoped.filter(isObject).map((one) => ({
    scope: scopeOf(one),
    spans: listField(one, 'spans').flatMap((span) => {
      if (isObject(span)) return [spanOf(span)];
      refuse(`a span is ${kindOfValue(span)}, expected an object`);
      return [];
    }),
  }));
  request.resourceSpans.push({ resource: resourceOf(owned), scopeSpans });
}

/** One element of `resourceLogs`, added to the request. */
export function addResourceLogs(request: OtlpRequest, owned: unknown, refuse: Refuse): void {
  if (!isObject(owned)) {
    refuse(`an element of "resourceLogs" is ${kindOfValue(owned)}, expected an object`);
    return;
  }
  const scopeLogs = listField(owned, 'scopeLogs')
    .filter(isObject)
    .map((one) => ({
      scope: scopeOf(one),
      logs: listField(one, 'logRecords').flatMap((log) => {
        if (isObject(log)) return [logOf(log)];
        refuse(`a log record is ${kindOfValue(log)}, expected an object`);
        return [];
      }),
    }));
  request.resourceLogs.push({ resource: resourceOf(owned), scopeLogs });
}

function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function resourceOf(owned: JsonObject): OtlpResource {
  const resource = objectField(owned, 'resource');
  return {
    attributes: attributesField(resource),
    droppedAttributes: countField(resource, 'droppedAttributesCount'),
  };
}

function scopeOf(scoped: JsonObject): OtlpScope {
  const scope = scoped.scope === undefined ? scoped.instrumentationLibrary : scoped.scope;
  const named = isObject(scope) ? scope : {};
  return {
    name: textField(named, 'name'),
    version: textField(named, 'version'),
    attributes: attributesField(named),
    droppedAttributes: countField(named, 'droppedAttributesCount'),
  };
}

function spanOf(span: JsonObject): OtlpSpan {
  const status = objectField(span, 'status');
  return {
    traceId: idField(span, 'traceId', 16),
    spanId: idField(span, 'spanId', 8),
    parentSpanId: idField(span, 'parentSpanId', 8),
    traceState: textField(span, 'traceState'),
    name: textField(span, 'name'),
    kind: enumField(span, 'kind', 'SPAN_KIND_', SPAN_KINDS),
    startUs: timeField(span, 'startTimeUnixNano'),
    endUs: timeField(span, 'endTimeUnixNano'),
    attributes: attributesField(span),
    droppedAttributes: countField(span, 'droppedAttributesCount'),
    events: listField(span, 'events')
      .filter(isObject)
      .map((event) => ({
        timeUs: timeField(event, 'timeUnixNano'),
        name: textField(event, 'name'),
        attributes: attributesField(event),
        droppedAttributes: countField(event, 'droppedAttributesCount'),
      })),
    droppedEvents: countField(span, 'droppedEventsCount'),
    links: listField(span, 'links')
      .filter(isObject)
      .map((link) => ({
        traceId: idField(link, 'traceId', 16),
        spanId: idField(link, 'spanId', 8),
        traceState: textField(link, 'traceState'),
        attributes: attributesField(link),
        droppedAttributes: countField(link, 'droppedAttributesCount'),
      })),
    droppedLinks: countField(span, 'droppedLinksCount'),
    statusCode: enumField(status, 'code', 'STATUS_CODE_', STATUS_CODES),
    statusMessage: textField(status, 'message'),
  };
}

function logOf(log: JsonObject): OtlpLog {
  return {
    timeUs: timeField(log, 'timeUnixNano') || timeField(log, 'observedTimeUnixNano'),
    traceId: idField(log, 'traceId', 16),
    spanId: idField(log, 'spanId', 8),
    eventName: textField(log, 'eventName'),
    severity: textField(log, 'severityText'),
    body: anyValue(fieldOf(log, 'body')),
    attributes: attributesField(log),
  };
}

function countMetrics(value: JsonObject): number {
  let count = 0;
  const listed = (owner: JsonValue, name: string): JsonValue[] =>
    isObject(owner) ? listField(owner, name) : [];
  for (const owned of listField(value, 'resourceMetrics'))
    for (const scoped of listed(owned, 'scopeMetrics')) count += listed(scoped, 'metrics').length;
  return count;
}
