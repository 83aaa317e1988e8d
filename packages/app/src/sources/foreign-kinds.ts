/** What a file is that other tools write and Tacho does not read, and how its contents come here all the same. */
export type ForeignKind = { found: string; advice: string };

type Rule = ForeignKind & { fields: readonly RegExp[] };

const SENDS_OTLP = 'What was traced can send its spans here itself: see docs/opentelemetry.md.';

/** By members that only they have together; the first rule of which all are found. */
const RULES: readonly Rule[] = [
  {
    found: 'a trace as Jaeger’s interface has it',
    fields: [/"traceID"\s*:/, /"operationName"\s*:/, /"(processID|processes)"\s*:/],
    advice: 'Jaeger gives the same trace as OTLP under /api/v3/traces/TRACE_ID: import that.',
  },
  {
    found: 'Zipkin spans',
    fields: [/"traceId"\s*:/, /"(localEndpoint|binaryAnnotations)"\s*:/],
    advice: 'A collector of OpenTelemetry with a zipkin receiver hands them on as OTLP.',
  },
  {
    found: 'spans as OpenTelemetry for Python prints them',
    fields: [/"context"\s*:\s*\{/, /"trace_id"\s*:\s*"0x/, /"span_id"\s*:\s*"0x/],
    advice:
      'With an OTLP exporter instead of the console’s the program sends them here: see docs/opentelemetry.md.',
  },
  {
    found: 'an export of Langfuse',
    fields: [
      /"(observations|parentObservationId|parent_observation_id)"\s*:/,
      /"(traceId|trace_id|projectId|project_id)"\s*:|"GENERATION"/,
    ],
    advice: SENDS_OTLP,
  },
  {
    found: 'runs of LangSmith',
    fields: [/"run_type"\s*:/, /"(dotted_order|parent_run_id|session_id)"\s*:/],
    advice: SENDS_OTLP,
  },
  {
    found: 'spans of Phoenix',
    fields: [/"span_kind"\s*:/, /"(context\.span_id|context)"\s*:/],
    advice: SENDS_OTLP,
  },
  {
    found: 'a trace of MLflow',
    fields: [/"info"\s*:\s*\{/, /"spans"\s*:\s*\[/, /"(request_id|trace_id|experiment_id)"\s*:/],
    advice: SENDS_OTLP,
  },
];

/** What the beginning of a file says it is. */
export function foreignKind(text: string): ForeignKind | undefined {
  const rule = RULES.find(({ fields }) => fields.every((field) => field.test(text)));
  return rule && { found: rule.found, advice: rule.advice };
}
