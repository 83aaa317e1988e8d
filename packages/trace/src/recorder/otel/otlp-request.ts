import type { OtlpAttributes, OtlpRequest, OtlpSpan } from '../../formats/otlp/request.ts';
import type { JsonValue } from '../../model/json.ts';
import { plainValue } from '../plain-value.ts';
import type { OtelAttributes, OtelSpan, OtelTime } from './otel-span.ts';

/** One span as the export request that would bring it. A span that is not over has no end. */
export function otlpRequestOf(span: OtelSpan, ended: boolean): OtlpRequest {
  const scope = span.instrumentationScope ?? span.instrumentationLibrary;
  return {
    resourceSpans: [
      {
        resource: { attributes: otlpAttributes(span.resource.attributes), droppedAttributes: 0 },
        scopeSpans: [
          {
            scope: {
              name: scope?.name ?? '',
              version: scope?.version ?? '',
              attributes: otlpAttributes({}),
              droppedAttributes: 0,
            },
            spans: [otlpSpanOf(span, ended)],
          },
        ],
      },
    ],
    resourceLogs: [],
    ignoredMetrics: 0,
  };
}

/** The parent's id; '' for a root. */
export function parentIdOf(span: OtelSpan): string {
  return span.parentSpanContext?.spanId ?? span.parentSpanId ?? '';
}

function otlpSpanOf(span: OtelSpan, ended: boolean): OtlpSpan {
  const { traceId, spanId, traceState } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: parentIdOf(span),
    traceState: traceState?.serialize() ?? '',
    name: span.name,
    // The wire counts from 1: its 0 is "unspecified".
    kind: span.kind + 1,
    startUs: microseconds(span.startTime),
    endUs: ended ? microseconds(span.endTime) : 0,
    attributes: otlpAttributes(span.attributes),
    droppedAttributes: span.droppedAttributesCount ?? 0,
    events: span.events.map((event) => ({
      name: event.name,
      timeUs: microseconds(event.time),
      attributes: otlpAttributes(event.attributes),
      droppedAttributes: event.droppedAttributesCount ?? 0,
    })),
    droppedEvents: span.droppedEventsCount ?? 0,
    links: span.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      traceState: '',
      attributes: otlpAttributes(attributes),
      droppedAttributes: 0,
    })),
    droppedLinks: span.droppedLinksCount ?? 0,
    statusCode: span.status.code,
    statusMessage: span.status.message ?? '',
  };
}

function otlpAttributes(attributes: OtelAttributes | undefined): OtlpAttributes {
  const keys: string[] = [];
  const values: JsonValue[] = [];
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined) continue;
    keys.push(key);
    values.push(isPlain(value) ? value : plainValue(value));
  }
  return { keys, values };
}

/** Texts, numbers and flags: nearly all attributes, and nothing about them can go wrong. */
function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** Nanoseconds within a second are exact to the microsecond; the epoch in nanoseconds would not fit a double. */
function microseconds([seconds, nanoseconds]: OtelTime): number {
  return seconds * 1e6 + Math.floor(nanoseconds / 1000);
}
