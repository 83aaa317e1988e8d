import type { TraceRecord } from '../../model/record.ts';
import { tableOf } from './dialects/list.ts';
import { Slots } from './dialects/slots.ts';
import { withEventAttributes } from './event-attributes.ts';
import { logRecords } from './log-records.ts';
import type { OtlpRequest, OtlpSpan } from './request.ts';
import { RunFacts } from './run-facts.ts';
import { isSpanId, isTraceId, spanRecord } from './span-record.ts';

type Refuse = (reason: string) => void;

/**
 * A request as records of the runs it tells of: a span is a record, and each run has one of its own behind its spans.
 * `refuse` is called once for each span or log that cannot be kept.
 */
export function recordsOf(request: OtlpRequest, refuse: Refuse): TraceRecord[] {
  const records: TraceRecord[] = [];
  const slots = new Slots();
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const runs = new RunFacts(resource, slots);
    const told: TraceRecord[] = [];
    for (const { scope, spans } of scopeSpans) {
      const table = tableOf(scope.name);
      for (const sent of spans) {
        const span = withEventAttributes(sent, table);
        const problem = problemOf(span);
        if (problem !== undefined) {
          refuse(problem);
          continue;
        }
        slots.read(table, span.attributes);
        const runId = runs.runIdOf(span.traceId);
        const { span: record, scores, ...facts } = spanRecord(span, scope, runId, slots, table);
        told.push(record);
        if (scores.length > 0 && !runs.saysScores) told.push(...scores);
        runs.add(runId, slots, { name: span.name, spanId: span.spanId, ...facts });
      }
    }
    for (const record of runs.beginnings()) records.push(record);
    for (const record of told) records.push(record);
    for (const record of runs.endings()) records.push(record);
  }
  if (request.resourceLogs.length > 0)
    for (const record of logRecords(request.resourceLogs, slots, refuse)) records.push(record);
  return records;
}

function problemOf({ name, traceId, spanId, startUs }: OtlpSpan): string | undefined {
  if (isTraceId(traceId) && isSpanId(spanId) && startUs > 0) return undefined;
  const what = `the span "${name.slice(0, 80)}"`;
  if (!isTraceId(traceId)) return `${what} has no trace id of 32 hexadecimal digits that is not all zero`;
  if (!isSpanId(spanId)) return `${what} has no span id of 16 hexadecimal digits that is not all zero`;
  return `${what} has no start time`;
}
