import { BYTES, FIXED64, Protobuf, VARINT } from './protobuf.ts';
import { readAnyValue, readKeyValue } from './protobuf-value.ts';
import {
  emptyLog,
  emptyRequest,
  emptyResource,
  emptyScope,
  emptySpan,
  noAttributes,
  type OtlpEvent,
  type OtlpLink,
  type OtlpLog,
  type OtlpRequest,
  type OtlpResource,
  type OtlpResourceLogs,
  type OtlpResourceSpans,
  type OtlpScope,
  type OtlpSpan,
} from './request.ts';

/** Tags of fields: number and wire type. The numbers are those of opentelemetry-proto 1.x. */
const bytes = (field: number): number => (field << 3) | BYTES;
const varint = (field: number): number => (field << 3) | VARINT;
const fixed64 = (field: number): number => (field << 3) | FIXED64;

/** The fields of one message: what each tag does. Tags that are not there are skipped. */
type Fields<Message> = { [tag: number]: (message: Message, source: Protobuf, end: number) => void };

/** Small numbers as keys make this an array: finding a field is one load. */
function message<Message>(
  fields: Fields<Message>,
): (into: Message, source: Protobuf, end: number) => Message {
  const readers: ((into: Message, source: Protobuf, end: number) => void)[] = [];
  for (const tag of Object.keys(fields)) readers[Number(tag)] = fields[Number(tag)]!;
  return (into, source, end) => {
    while (source.at < end) {
      const tag = source.tag(end);
      const read = tag < 256 ? readers[tag] : undefined;
      if (read) read(into, source, end);
      else source.skip(tag, end);
    }
    return into;
  };
}

/** A field that may be there many times, each time with a key and a value. */
const attribute = (into: { attributes: OtlpSpan['attributes'] }, source: Protobuf, end: number): void =>
  readKeyValue(source, source.part(end), into.attributes);

const readEvent = message<OtlpEvent>({
  [fixed64(1)]: (event, source, end) => {
    event.timeUs = source.nanosAsUs(end);
  },
  [bytes(2)]: (event, source, end) => {
    event.name = source.text(end);
  },
  [bytes(3)]: attribute,
  [varint(4)]: (event, source, end) => {
    event.droppedAttributes = source.varint(end);
  },
});

const readLink = message<OtlpLink>({
  [bytes(1)]: (link, source, end) => {
    link.traceId = source.hex(end);
  },
  [bytes(2)]: (link, source, end) => {
    link.spanId = source.hex(end);
  },
  [bytes(3)]: (link, source, end) => {
    link.traceState = source.text(end);
  },
  [bytes(4)]: attribute,
  [varint(5)]: (link, source, end) => {
    link.droppedAttributes = source.varint(end);
  },
});

const readStatus = message<OtlpSpan>({
  [bytes(2)]: (span, source, end) => {
    span.statusMessage = source.text(end);
  },
  [varint(3)]: (span, source, end) => {
    span.statusCode = source.varint(end);
  },
});

const readSpan = message<OtlpSpan>({
  [bytes(1)]: (span, source, end) => {
    span.traceId = source.hex(end);
  },
  [bytes(2)]: (span, source, end) => {
    span.spanId = source.hex(end);
  },
  [bytes(3)]: (span, source, end) => {
    span.traceState = source.text(end);
  },
  [bytes(4)]: (span, source, end) => {
    span.parentSpanId = source.hex(end);
  },
  [bytes(5)]: (span, source, end) => {
    span.name = source.text(end);
  },
  [varint(6)]: (span, source, end) => {
    span.kind = source.varint(end);
  },
  [fixed64(7)]: (span, source, end) => {
    span.startUs = source.nanosAsUs(end);
  },
  [fixed64(8)]: (span, source, end) => {
    span.endUs = source.nanosAsUs(end);
  },
  [bytes(9)]: attribute,
  [varint(10)]: (span, source, end) => {
    span.droppedAttributes = source.varint(end);
  },
  [bytes(11)]: (span, source, end) => {
    const event = { timeUs: 0, name: '', attributes: noAttributes(), droppedAttributes: 0 };
    span.events.push(readEvent(event, source, source.part(end)));
  },
  [varint(12)]: (span, source, end) => {
    span.droppedEvents = source.varint(end);
  },
  [bytes(13)]: (span, source, end) => {
    const link = {
      traceId: '',
      spanId: '',
      traceState: '',
      attributes: noAttributes(),
      droppedAttributes: 0,
    };
    span.links.push(readLink(link, source, source.part(end)));
  },
  [varint(14)]: (span, source, end) => {
    span.droppedLinks = source.varint(end);
  },
  [bytes(15)]: (span, source, end) => {
    readStatus(span, source, source.part(end));
  },
});

const readLog = message<OtlpLog>({
  [fixed64(1)]: (log, source, end) => {
    log.timeUs = source.nanosAsUs(end) || log.timeUs;
  },
  [bytes(3)]: (log, source, end) => {
    log.severity = source.text(end);
  },
  [bytes(5)]: (log, source, end) => {
    log.body = readAnyValue(source, source.part(end));
  },
  [bytes(6)]: attribute,
  [bytes(9)]: (log, source, end) => {
    log.traceId = source.hex(end);
  },
  [bytes(10)]: (log, source, end) => {
    log.spanId = source.hex(end);
  },
  [fixed64(11)]: (log, source, end) => {
    log.timeUs ||= source.nanosAsUs(end);
  },
  [bytes(12)]: (log, source, end) => {
    log.eventName = source.text(end);
  },
});

const readScope = message<OtlpScope>({
  [bytes(1)]: (scope, source, end) => {
    scope.name = source.text(end);
  },
  [bytes(2)]: (scope, source, end) => {
    scope.version = source.text(end);
  },
  [bytes(3)]: attribute,
  [varint(4)]: (scope, source, end) => {
    scope.droppedAttributes = source.varint(end);
  },
});

const readResource = message<OtlpResource>({
  [bytes(1)]: attribute,
  [varint(2)]: (resource, source, end) => {
    resource.droppedAttributes = source.varint(end);
  },
});

const readScopeSpans = message<{ scope: OtlpScope; spans: OtlpSpan[] }>({
  [bytes(1)]: (scoped, source, end) => {
    readScope(scoped.scope, source, source.part(end));
  },
  [bytes(2)]: (scoped, source, end) => {
    scoped.spans.push(readSpan(emptySpan(), source, source.part(end)));
  },
});

const readScopeLogs = message<{ scope: OtlpScope; logs: OtlpLog[] }>({
  [bytes(1)]: (scoped, source, end) => {
    readScope(scoped.scope, source, source.part(end));
  },
  [bytes(2)]: (scoped, source, end) => {
    scoped.logs.push(readLog(emptyLog(), source, source.part(end)));
  },
});

const readResourceSpans = message<OtlpResourceSpans>({
  [bytes(1)]: (owned, source, end) => {
    readResource(owned.resource, source, source.part(end));
  },
  [bytes(2)]: (owned, source, end) => {
    owned.scopeSpans.push(readScopeSpans({ scope: emptyScope(), spans: [] }, source, source.part(end)));
  },
});

const readResourceLogs = message<OtlpResourceLogs>({
  [bytes(1)]: (owned, source, end) => {
    readResource(owned.resource, source, source.part(end));
  },
  [bytes(2)]: (owned, source, end) => {
    owned.scopeLogs.push(readScopeLogs({ scope: emptyScope(), logs: [] }, source, source.part(end)));
  },
});

const readTraces = message<OtlpRequest>({
  [bytes(1)]: (request, source, end) => {
    const owned = { resource: emptyResource(), scopeSpans: [] };
    request.resourceSpans.push(readResourceSpans(owned, source, source.part(end)));
  },
});

const readLogs = message<OtlpRequest>({
  [bytes(1)]: (request, source, end) => {
    const owned = { resource: emptyResource(), scopeLogs: [] };
    request.resourceLogs.push(readResourceLogs(owned, source, source.part(end)));
  },
});

/** The bytes of an ExportTraceServiceRequest. Throws OtlpError, with the byte's offset, when they are none. */
export function decodeTraces(bytes: Uint8Array): OtlpRequest {
  return readTraces(emptyRequest(), new Protobuf(bytes), bytes.length);
}

/** The bytes of an ExportLogsServiceRequest. Throws OtlpError, with the byte's offset, when they are none. */
export function decodeLogs(bytes: Uint8Array): OtlpRequest {
  return readLogs(emptyRequest(), new Protobuf(bytes), bytes.length);
}
