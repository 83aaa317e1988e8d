import { asString, isObject, type JsonObject, type JsonValue, nestsDeeperThan } from './json.ts';
import { parseTimestamp } from './time.ts';

/**
 * One line of the stream, exactly as it stands in telemetry.jsonl: snake_case, `ts` in epoch seconds with a fraction.
 * Fields that are not named here are kept as attributes of the span or run they describe.
 */
export type TraceRecord =
  | RunStartRecord
  | RunUpdateRecord
  | RunEndRecord
  | SpanStartRecord
  | SpanUpdateRecord
  | SpanEventRecord
  | SpanEndRecord
  | SpanRecord
  | PhaseRecord
  | UsageRecord
  | ScoreRecord;

type Common = { ts?: number; run_id?: string; [extra: string]: JsonValue | undefined };

export type UsageFields = {
  input_tokens?: number;
  cache_read_tokens?: number;
  cache_write_tokens?: number;
  cache_write_1h_tokens?: number;
  output_tokens?: number;
  reasoning_tokens?: number;
  other_tokens?: number;
  requests?: number;
};
export type ErrorFields = { type?: string; message?: string; stack?: string };

type RunFields = {
  name?: string;
  /** The name as long as no record gives one. */
  fallback_name?: string;
  task?: string;
  task_type?: string;
  session_id?: string;
  project?: string;
  labels?: JsonObject;
  attributes?: JsonObject;
  output?: JsonObject;
  error?: string | ErrorFields;
  status?: string;
  scores?: JsonValue;
  pid?: number;
  host?: string;
  /** The source says no times: those of its records are made up. What another source says of the run's start stands. */
  time_untold?: boolean;
  /** Of a `run_end`: its time is only that of the last that is known of the run. So is that of one without `ts`. */
  end_estimated?: boolean;
  /** Provenance: `{format, uri}`. */
  source?: JsonObject;
};
export type RunStartRecord = Common & RunFields & { event: 'run_start' };
export type RunUpdateRecord = Common & RunFields & { event: 'run_update' };
export type RunEndRecord = Common & RunFields & { event: 'run_end' };

/** What any record may say about a span. */
export type SpanFields = {
  parent?: string;
  /** The parent as long as no record names one: for sources that know where a span belongs only by default. */
  fallback_parent?: string;
  name?: string;
  kind?: string;
  role?: string;
  component?: string;
  lane?: string;
  /** The outcome; `running` in a `span` without an end or in a `span_update` reopens a span that was closed too early. */
  status?: string;
  error?: string | ErrorFields;
  model?: string;
  provider?: string;
  /** A plain total, or buckets. */
  tokens?: number | UsageFields;
  usage?: UsageFields;
  placeholder_output?: boolean;
  tool_uses?: number;
  /** What the source says the span cost. */
  cost_usd?: number;
  call_key?: string;
  replay?: boolean;
  /** The usage and cost are a sum that the source states for all calls of `model` below the parent. */
  model_total?: boolean;
  /** Epoch seconds of the first content token. */
  first_token_ts?: number;
  tool?: string | JsonObject;
  inputs?: JsonValue;
  outputs?: JsonValue;
  attributes?: JsonObject;
  links?: JsonValue;
  /** Wins over differences of `ts`. */
  duration_ms?: number;
};
export type SpanStartRecord = Common & SpanFields & { event: 'span_start'; span_id: string };
export type SpanUpdateRecord = Common & SpanFields & { event: 'span_update'; span_id: string };
export type SpanEndRecord = Common & SpanFields & { event: 'span_end'; span_id: string };
/** A whole span in one line: `ts` is its start; without `duration_ms` or `end_ts` it never ended. */
export type SpanRecord = Common &
  SpanFields & {
    event: 'span';
    span_id: string;
    end_ts?: number;
    events?: JsonValue;
    /** The source has no times of its own here: what any other record knows of start and end stands. */
    estimated?: boolean;
  };
export type SpanEventRecord = Common & {
  event: 'span_event';
  span_id: string;
  name: string;
  level?: string;
  attributes?: JsonObject;
};
export type PhaseRecord = Common & { event: 'phase'; name: string; wall_ms?: number };
/** One model call, reported after the fact: it becomes a leaf span of kind llm that ends at `ts`. */
export type UsageRecord = Common &
  UsageFields & {
    event: 'usage';
    span_id?: string;
    stage?: string;
    /** Names the call, so that a repeated line counts once. */
    call_id?: string;
    model?: string;
    provider?: string;
    usage?: UsageFields;
    cached?: boolean;
    request_ms?: number;
    request_id?: string;
    cost_usd?: number;
  };
export type ScoreRecord = Common & {
  event: 'score';
  name: string;
  value: number | null;
  max?: number;
  label?: string;
  round?: string;
  dimension?: string;
  span_id?: string;
  source?: string;
  comment?: string;
};

/** Which fields a record of each kind cannot do without. */
const REQUIRED: Record<TraceRecord['event'], readonly string[]> = {
  run_start: [],
  run_update: [],
  run_end: [],
  span_start: ['span_id'],
  span_update: ['span_id'],
  span_event: ['span_id', 'name'],
  span_end: ['span_id'],
  span: ['span_id'],
  phase: ['name'],
  usage: [],
  score: ['name'],
};

export const RECORD_EVENTS = Object.keys(REQUIRED) as readonly TraceRecord['event'][];

/** Values nested deeper than this are refused: nothing a person wrote needs it, and printing it back would overflow. */
export const MAX_DEPTH = 200;

const TEXT_FIELDS = [
  'run_id',
  'span_id',
  'parent',
  'fallback_parent',
  'name',
  'kind',
  'lane',
  'component',
  'model',
  'provider',
  'stage',
];
const TIME_FIELDS = ['ts', 'end_ts', 'first_token_ts'];

/**
 * The door for records from outside: checks what the fold relies on and brings ids to text and times to seconds.
 * Returns the reason as a sentence when the value is no record. Works in place on what JSON.parse made.
 */
export function parseRecord(value: unknown): TraceRecord | string {
  if (!isObject(value)) return 'expected a JSON object with a field "event"';
  const event = value.event;
  if (typeof event !== 'string')
    return `the field "event" is missing; expected one of ${RECORD_EVENTS.join(', ')}`;
  if (!Object.hasOwn(REQUIRED, event))
    return `unknown event "${event.slice(0, 60)}"; expected one of ${RECORD_EVENTS.join(', ')}`;
  for (const field of TEXT_FIELDS) {
    const found = value[field];
    if (found === undefined || typeof found === 'string') continue;
    const text = asString(found);
    if (text === undefined) delete value[field];
    else value[field] = text;
  }
  if (value.run_id === '.' || value.run_id === '..')
    return `the field "run_id" is "${value.run_id}", which no address can name`;
  for (const field of REQUIRED[event as TraceRecord['event']]) {
    if (!value[field]) return `a ${event} record needs the field "${field}"`;
  }
  for (const field of TIME_FIELDS) {
    const found = value[field];
    if (found === undefined || (typeof found === 'number' && found > 1e8 && found < 1e11)) continue;
    const us = parseTimestamp(found);
    if (us !== undefined) value[field] = us / 1e6;
    else if (field === 'ts' && found !== null)
      return `the field "ts" is no time: ${JSON.stringify(found).slice(0, 60)}`;
    else delete value[field];
  }
  for (const key in value) {
    const field = value[key];
    if (typeof field === 'object' && field !== null && nestsDeeperThan(field, MAX_DEPTH)) {
      return `the field "${key.slice(0, 60)}" nests deeper than ${MAX_DEPTH} levels`;
    }
  }
  return value as TraceRecord;
}
