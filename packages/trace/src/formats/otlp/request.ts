import type { JsonValue } from '../../model/json.ts';

/**
 * An export request as it is worked with, the same from protobuf and from JSON: ids as lower-case hex, times in integer
 * µs (0 = not said), attributes as plain values.
 */
export type OtlpRequest = {
  resourceSpans: OtlpResourceSpans[];
  resourceLogs: OtlpResourceLogs[];
  /** Metrics that stood among them: they are no part of a trace. */
  ignoredMetrics: number;
};

/** Two lists of one length, as they came: a key may be there twice, and the later one counts. */
export type OtlpAttributes = { keys: string[]; values: JsonValue[] };

export type OtlpResource = { attributes: OtlpAttributes; droppedAttributes: number };
export type OtlpScope = {
  name: string;
  version: string;
  attributes: OtlpAttributes;
  droppedAttributes: number;
};

export type OtlpResourceSpans = {
  resource: OtlpResource;
  scopeSpans: { scope: OtlpScope; spans: OtlpSpan[] }[];
};
export type OtlpResourceLogs = {
  resource: OtlpResource;
  scopeLogs: { scope: OtlpScope; logs: OtlpLog[] }[];
};

export type OtlpSpan = {
  traceId: string;
  spanId: string;
  /** '' for a root. */
  parentSpanId: string;
  traceState: string;
  name: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startUs: number;
  endUs: number;
  attributes: OtlpAttributes;
  droppedAttributes: number;
  events: OtlpEvent[];
  droppedEvents: number;
  links: OtlpLink[];
  droppedLinks: number;
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
};

export type OtlpEvent = {
  timeUs: number;
  name: string;
  attributes: OtlpAttributes;
  droppedAttributes: number;
};
export type OtlpLink = {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: OtlpAttributes;
  droppedAttributes: number;
};

export type OtlpLog = {
  /** When it happened, else when it was seen. */
  timeUs: number;
  traceId: string;
  spanId: string;
  eventName: string;
  severity: string;
  body: JsonValue;
  attributes: OtlpAttributes;
};

/** Values nested deeper than this are replaced by a note: nobody reads them, and reading recurses. */
export const MAX_VALUE_DEPTH = 64;
export const TOO_DEEP = `(nested deeper than ${MAX_VALUE_DEPTH} levels)`;

export function emptyRequest(): OtlpRequest {
  return { resourceSpans: [], resourceLogs: [], ignoredMetrics: 0 };
}

export function noAttributes(): OtlpAttributes {
  return { keys: [], values: [] };
}

export function emptyScope(): OtlpScope {
  return { name: '', version: '', attributes: noAttributes(), droppedAttributes: 0 };
}

export function emptySpan(): OtlpSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    name: '',
    kind: 0,
    startUs: 0,
    endUs: 0,
    attributes: noAttributes(),
    droppedAttributes: 0,
    events: [],
    droppedEvents: 0,
    links: [],
    droppedLinks: 0,
    statusCode: 0,
    statusMessage: '',
  };
}

export function emptyLog(): OtlpLog {
  return {
    timeUs: 0,
    traceId: '',
    spanId: '',
    eventName: '',
    severity: '',
    body: null,
    attributes: noAttributes(),
  };
}

export function emptyResource(): OtlpResource {
  return { attributes: noAttributes(), droppedAttributes: 0 };
}

/** What the decoders throw at bytes that are no request: the sentence, and where. */
export class OtlpError extends Error {
  /** Byte at which reading stopped. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'OtlpError';
    this.offset = offset;
  }
}
