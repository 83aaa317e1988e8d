import { ledgerOf } from '../../packages/trace/src/analysis/ledger.ts';
import { recordsOf } from '../../packages/trace/src/formats/otlp/records.ts';
import {
  emptyLog,
  emptyRequest,
  emptyResource,
  emptyScope,
  emptySpan,
  type OtlpAttributes,
  type OtlpLog,
  type OtlpRequest,
  type OtlpSpan,
} from '../../packages/trace/src/formats/otlp/request.ts';
import { foldRun } from '../../packages/trace/src/model/fold.ts';
import type { JsonValue } from '../../packages/trace/src/model/json.ts';
import type { TraceRecord } from '../../packages/trace/src/model/record.ts';
import type { Run } from '../../packages/trace/src/model/run.ts';
import type { Span } from '../../packages/trace/src/model/span.ts';
import { totalTokens } from '../../packages/trace/src/model/usage.ts';

export const TRACE_ID = '5b8efff798038103d269b633813fc60c';
export const SPAN_ID = '00000000000000a1';
const START_US = 1_700_000_000_000_000;

export type Attributes = Record<string, JsonValue>;

export function attributeLists(attributes: Attributes): OtlpAttributes {
  return { keys: Object.keys(attributes), values: Object.values(attributes) };
}

/** A finished span of a second, with what is special about it. */
export function otlpSpan(attributes: Attributes, more: Partial<OtlpSpan> = {}): OtlpSpan {
  return {
    ...emptySpan(),
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    name: 'work',
    startUs: START_US,
    endUs: START_US + 1_000_000,
    attributes: attributeLists(attributes),
    ...more,
  };
}

/** Spans of one scope in one request. */
export function tracesRequest(spans: OtlpSpan[], scope = '', resource: Attributes = {}): OtlpRequest {
  return {
    ...emptyRequest(),
    resourceSpans: [
      {
        resource: { ...emptyResource(), attributes: attributeLists(resource) },
        scopeSpans: [{ scope: { ...emptyScope(), name: scope }, spans }],
      },
    ],
  };
}

/** Logs of the span above, in one request. */
export function logsRequest(logs: Partial<OtlpLog>[], scope = ''): OtlpRequest {
  const whole = logs.map((log) => ({
    ...emptyLog(),
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    timeUs: START_US,
    ...log,
  }));
  return {
    ...emptyRequest(),
    resourceLogs: [
      { resource: emptyResource(), scopeLogs: [{ scope: { ...emptyScope(), name: scope }, logs: whole }] },
    ],
  };
}

export type Taken = { records: TraceRecord[]; refused: string[] };

export function taken(request: OtlpRequest): Taken {
  const refused: string[] = [];
  return { records: recordsOf(request, (reason) => refused.push(reason)), refused };
}

/** The run that requests make, in their order. */
export function runOf(...requests: OtlpRequest[]): Run {
  return foldRun(requests.flatMap((request) => taken(request).records));
}

/** A span that has these attributes. */
export function spanWith(attributes: Attributes, scope = '', more: Partial<OtlpSpan> = {}): Span {
  return runOf(tracesRequest([otlpSpan(attributes, more)], scope)).spans[0]!;
}

/** The tokens that count of a run. */
export function countedTokens(run: Run): number {
  return totalTokens(ledgerOf(run).usage);
}
