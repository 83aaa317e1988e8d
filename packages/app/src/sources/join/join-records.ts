import { UNKNOWN_TIME_US } from '@tacho/trace/formats/unknown-time';
import { isObject, type JsonObject, type JsonValue, putField } from '@tacho/trace/model/json';
import type { SpanFields, TraceRecord } from '@tacho/trace/model/record';

/** Where a piece goes: the run it becomes part of, and the span that what has no parent hangs under. */
export type Join = {
  readonly runId: string;
  readonly parent: string;
  readonly parentName: string;
  /** When the agent began: sources that say no time at all begin then. */
  readonly startUs?: number;
  /** In front of ids that are the piece's own even where another piece bears the name of the same session. */
  readonly apart?: string;
  /** What the agent was run with: a sum that names no model is of this one. */
  readonly model?: { readonly model: string; readonly provider?: string };
};

/** Labels that the trial itself gives, better: an agent's log knows not which task of which benchmark it was at. */
const TRIAL_LABELS = new Set([
  'framework',
  'agent',
  'model',
  'provider',
  'benchmark',
  'task_id',
  'task_name',
  'trial',
  'job',
]);

type Fate = 'keep' | 'drop' | { readonly label: string } | { readonly attribute: string };

/** What becomes of what a piece says of its run. Fields that are not named are kept. */
const RUN_FIELDS: Record<string, Fate> = {
  name: { attribute: 'session_title' },
  session_id: { label: 'session' },
  status: { attribute: 'agent_status' },
  error: { attribute: 'agent_error' },
  // A container's process is none of this machine's.
  pid: 'drop',
  host: 'drop',
  source: 'drop',
};

/** Turns the records of one piece into records of the run it belongs to. */
export class RecordJoin {
  readonly #join: Join;
  #begun = false;

  constructor(join: Join) {
    this.#join = join;
  }

  take(records: readonly TraceRecord[]): TraceRecord[] {
    const joined = records.map((record) => this.#joined(this.#timed(record)));
    // The trial's own stage may not be known before its result is written: until then it begins with this.
    const first = this.#begun
      ? undefined
      : joined.find((record) => record.ts !== undefined && isOfSpan(record));
    if (first === undefined) return joined;
    this.#begun = true;
    const { runId, parent, parentName } = this.#join;
    const stage = { span_id: parent, name: parentName, kind: 'stage', ts: first.ts!, run_id: runId };
    return [{ event: 'span_update', ...stage }, ...joined];
  }

  #timed(record: TraceRecord): TraceRecord {
    const { startUs } = this.#join;
    if (startUs === undefined) return record;
    // The trial says when it was: its pieces need not.
    if (record.time_untold !== undefined) {
      const { time_untold: _, ...placed } = record;
      return this.#timed(placed as TraceRecord);
    }
    if (!isUnknownTime(record.ts)) return record;
    const shift = (startUs - UNKNOWN_TIME_US) / 1e6;
    return {
      ...record,
      ts: record.ts! + shift,
      ...(isUnknownTime(record.end_ts) && { end_ts: (record.end_ts as number) + shift }),
    } as TraceRecord;
  }

  #joined(record: TraceRecord): TraceRecord {
    const { runId, apart } = this.#join;
    const own = record.run_id ?? runId;
    // Two sessions of one trial may use the same ids; one session in two files has one run id in both.
    const prefix = `${apart === undefined ? '' : `${apart}/`}${own === runId ? '' : `${own}/`}`;
    const rename = (id: string): string => `${prefix}${id}`;
    switch (record.event) {
      case 'run_start':
      case 'run_update':
      case 'run_end':
        return { ...runFacts(record), event: 'run_update', run_id: runId };
      case 'span_start':
      case 'span_update':
      case 'span_end':
      case 'span':
        return {
          ...record,
          ...this.#spanFields(record, rename),
          span_id: rename(record.span_id),
          run_id: runId,
        };
      case 'span_event':
        return { ...record, span_id: rename(record.span_id), run_id: runId };
      case 'usage':
        return {
          ...record,
          run_id: runId,
          ...(record.span_id !== undefined
            ? { span_id: rename(record.span_id) }
            : record.stage === undefined && { span_id: this.#join.parent }),
        };
      case 'score':
        return {
          ...record,
          run_id: runId,
          ...(record.span_id !== undefined && { span_id: rename(record.span_id) }),
        };
      case 'phase':
        return { ...record, run_id: runId };
    }
  }

  #spanFields(record: SpanFields, rename: (id: string) => string): SpanFields {
    const { parent, fallback_parent: fallback, links, call_key: key } = record;
    const { apart, model } = this.#join;
    return {
      ...(record.model_total === true && record.model === undefined && model),
      ...(apart !== undefined && key !== undefined && { call_key: `${apart}/${key}` }),
      ...(parent !== undefined && { parent: rename(parent) }),
      ...(parent === undefined && {
        fallback_parent: fallback === undefined ? this.#join.parent : rename(fallback),
      }),
      ...(Array.isArray(links) && { links: links.map((link) => renamedLink(link, rename)) }),
    };
  }
}

/** A month of steps: no output without times is longer. */
const UNKNOWN_SPREAD_S = 30 * 86_400;

function isUnknownTime(ts: unknown): boolean {
  const from = UNKNOWN_TIME_US / 1e6;
  return typeof ts === 'number' && ts >= from && ts < from + UNKNOWN_SPREAD_S;
}

function isOfSpan(record: TraceRecord): boolean {
  return record.event.startsWith('span') || record.event === 'usage';
}

function renamedLink(link: JsonValue, rename: (id: string) => string): JsonValue {
  if (!isObject(link) || link.run_id !== undefined || link.runId !== undefined) return link;
  const id = link.span_id ?? link.spanId;
  return typeof id === 'string' ? { ...link, span_id: rename(id) } : link;
}

/** What a piece may say of the trial's run. */
function runFacts(record: TraceRecord): JsonObject {
  const facts: JsonObject = {};
  const labels: JsonObject = {};
  const attributes: JsonObject = {};
  for (const [field, value] of Object.entries(record)) {
    const fate = Object.hasOwn(RUN_FIELDS, field) ? RUN_FIELDS[field]! : 'keep';
    if (fate === 'drop' || value === undefined) continue;
    if (fate === 'keep') putField(facts, field, value);
    else if ('label' in fate) putField(labels, fate.label, value);
    else putField(attributes, fate.attribute, value);
  }
  if (isObject(record.labels))
    for (const [label, value] of Object.entries(record.labels))
      if (!TRIAL_LABELS.has(label)) putField(labels, label, value);
  delete facts.labels;
  if (Object.keys(labels).length > 0) facts.labels = labels;
  if (Object.keys(attributes).length > 0)
    facts.attributes = { ...(isObject(facts.attributes) ? facts.attributes : {}), ...attributes };
  return facts;
}
