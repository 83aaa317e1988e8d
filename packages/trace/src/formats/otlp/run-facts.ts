import { asNumber, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { asObject } from './attributes.ts';
import { tableOf } from './dialects/list.ts';
import { OWN_RUN, ownRecord } from './dialects/own.ts';
import type { Slots } from './dialects/slots.ts';
import type { OtlpResource } from './request.ts';

/** Resource attributes by which people filter. */
const LABELS: Record<string, string> = {
  'service.name': 'service',
  'service.version': 'service_version',
  'deployment.environment': 'environment',
  'deployment.environment.name': 'environment',
};

/** What the spans of one resource say of their run. */
type Facts = {
  fields: JsonObject;
  labels: JsonObject;
  /** Facts of a span without a parent win over those of the others. */
  hasRoot: boolean;
  dropped: number;
  deviations: number;
  /** A span of which that is so, for each of the two. */
  droppedExample: string;
  deviationExample: string;
};

/** The runs that the spans of one resource belong to: their names, labels and doubts, as one record each. */
export class RunFacts {
  readonly #runs = new Map<string, Facts>();
  readonly #resource: JsonObject;
  readonly #labels: JsonObject = {};
  readonly #fields: JsonObject = {};
  #own: JsonObject | undefined;

  constructor(resource: OtlpResource, slots: Slots) {
    slots.read(tableOf(''), resource.attributes);
    const own = slots.get('ownRun');
    this.#own = isObject(own) ? own : undefined;
    const attributes = asObject(resource.attributes);
    for (const [key, label] of Object.entries(LABELS))
      if (typeof attributes[key] === 'string') this.#labels[label] = attributes[key];
    putRunFields(this.#fields, this.#labels, slots);
    if (this.#own !== undefined) delete attributes[OWN_RUN];
    if (resource.droppedAttributes > 0)
      attributes['otel.dropped_attributes_count'] = resource.droppedAttributes;
    this.#resource = attributes;
  }

  /** The id of the run that a trace is, as its writer or our own says it. */
  runIdOf(traceId: string): string {
    const said = this.#own?.run_id;
    return typeof said === 'string' && said !== '' && said !== '.' && said !== '..' ? said : traceId;
  }

  /** A run of ours says all its scores itself: what its spans say are copies for other readers. */
  get saysScores(): boolean {
    return Array.isArray(this.#own?.scores);
  }

  /** Takes what a span says of its run. `slots` are those of the span. */
  add(
    runId: string,
    slots: Slots,
    span: { name: string; spanId: string; isRoot: boolean; dropped: number; deviates: boolean },
  ): void {
    const facts = this.#factsOf(runId);
    if (span.dropped > 0) {
      facts.dropped += span.dropped;
      facts.droppedExample ||= span.spanId;
    }
    if (span.deviates) {
      facts.deviations++;
      facts.deviationExample ||= span.spanId;
    }
    const own = slots.get('ownRun');
    if (isObject(own)) this.#own ??= own;
    if (facts.hasRoot && !span.isRoot) return;
    putRunFields(facts.fields, facts.labels, slots);
    if (!span.isRoot) return;
    facts.hasRoot = true;
    const name = slots.text('runName') ?? span.name;
    if (name !== '') facts.fields.name = name;
  }

  /** Told before the spans: only of a run of ours, whose start is not that of its first span. */
  beginnings(): TraceRecord[] {
    const own = this.#own;
    if (own === undefined || asNumber(own.ts) === undefined) return [];
    // A run of ours may have no spans at all.
    const runId = this.runIdOf('');
    if (runId !== '') this.#factsOf(runId);
    const untold = own.time_untold === true ? { time_untold: true } : {};
    return [...this.#runs.keys()].flatMap((runId) =>
      checked({ event: 'run_start', ts: asNumber(own.ts), run_id: runId, ...untold }),
    );
  }

  /** Told behind the spans. */
  endings(): TraceRecord[] {
    return [...this.#runs].flatMap(([runId, facts]) => this.#endingOf(runId, facts));
  }

  #factsOf(runId: string): Facts {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const facts: Facts = {
      fields: { ...this.#fields },
      labels: { ...this.#labels },
      hasRoot: false,
      dropped: 0,
      deviations: 0,
      droppedExample: '',
      deviationExample: '',
    };
    this.#runs.set(runId, facts);
    return facts;
  }

  #endingOf(runId: string, facts: Facts): TraceRecord[] {
    const record: JsonObject = { event: 'run_update', run_id: runId, ...facts.fields };
    for (const _ in facts.labels) {
      record.labels = facts.labels;
      break;
    }
    for (const _ in this.#resource) {
      record.attributes = { resource: { ...this.#resource } };
      break;
    }
    const quality = [
      { code: 'records-dropped', count: facts.dropped, example: facts.droppedExample },
      { code: 'total-deviates', count: facts.deviations, example: facts.deviationExample },
    ].filter(({ count }) => count > 0);
    if (quality.length > 0) record.quality = quality;
    return this.#own === undefined ? [record as TraceRecord] : ownEnding(record, this.#own);
  }
}

/** A run of ours says itself what is so: its fields, and behind them when it ended. */
function ownEnding(record: JsonObject, own: JsonObject): TraceRecord[] {
  const { run_id: _, event: __, ts: ___, end_ts: endTs, last_ts: lastTs, status, ...fields } = own;
  const whole: JsonObject = { event: 'run_update', run_id: record.run_id, ...record };
  // Labels that only OTLP needs (the service) are none of the run's own.
  if (fields.labels !== undefined || fields.attributes !== undefined) {
    delete whole.labels;
    delete whole.attributes;
  }
  for (const field of Object.keys(fields)) {
    if (fields[field] === null) delete whole[field];
    else whole[field] = fields[field];
  }
  const { run_id: runId } = record;
  const records = checked(whole);
  const end = asNumber(endTs);
  if (end !== undefined) records.push(...checked({ event: 'run_end', run_id: runId, ts: end, status }));
  else if (status !== undefined) records.push(...checked({ event: 'run_update', run_id: runId, status }));
  const last = asNumber(lastTs);
  if (last !== undefined) records.push(...checked({ event: 'run_update', run_id: runId, ts: last }));
  return records;
}

function checked(record: JsonObject): TraceRecord[] {
  const whole = ownRecord(record);
  return whole === undefined ? [] : [whole];
}

/** What slots say of a run, whoever says it. */
function putRunFields(fields: JsonObject, labels: JsonObject, slots: Slots): void {
  const session = slots.text('sessionId');
  if (session !== undefined) fields.session_id = session;
  const project = slots.text('project');
  if (project !== undefined) fields.project = project;
  const task = slots.text('task');
  if (task !== undefined) fields.task = task;
  for (const label of ['user', 'environment', 'release'] as const) {
    const said = slots.text(label);
    if (said !== undefined) labels[label] = said;
  }
}
