import { contentId } from '../../model/ids.ts';
import {
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  nestsDeeperThan,
  putField,
} from '../../model/json.ts';
import type { QualityNote } from '../../model/quality.ts';
import { MAX_DEPTH, type RunStartRecord, type TraceRecord } from '../../model/record.ts';
import { statusOf } from '../../model/span.ts';
import { lastingUs, parseTimestamp, usToSeconds } from '../../model/time.ts';
import type { Input } from '../format.ts';
import { type DocumentPart, readJsonDocument } from '../json-document.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';
import { callRecord } from './call.ts';
import { CallBook } from './call-book.ts';
import { processorTimes, readStage } from './stage.ts';
import { addSums, compareSums, emptySums, sumsOf, sumsOfCalls, sumsOfModels } from './sums.ts';

/** Fields of the run that its records have under the same name: our writer's, beyond those of the schema. */
const RUN_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'task',
  'task_type',
  'session_id',
  'project',
  'labels',
  'attributes',
  'scores',
  'output',
  'error',
]);
/** Fields that are read here, or that say nothing of the run. */
const READ_FIELDS: ReadonlySet<string> = new Set([
  'schema_version',
  'run_id',
  'recipe_name',
  'started_at',
  'ended_at',
  'wall_seconds',
  'cpu_user_seconds',
  'cpu_system_seconds',
  'stages',
  'llm_calls',
  'totals',
  'status',
  'quality',
]);
/** A wall clock and a stopwatch never agree to the microsecond. */
const SAME_S = 0.01;

/** instrumentation.json to records: a span for each stage, a leaf for each call, and the doubts about their sums. */
export async function* readReport(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  let torn = false;
  const watched: Input = {
    ...input,
    refuse(refusal) {
      torn = true;
      input.refuse(refusal);
    },
  };
  let report: Report | undefined;
  for await (const parts of readJsonDocument(watched, ['stages', 'llm_calls'])) {
    const records: TraceRecord[] = [];
    for (const part of parts) {
      if (part.document !== report?.document) {
        if (report) records.push(...report.end(false));
        report = new Report(part.document, watched);
      }
      torn ||= part.mended === true;
      records.push(...report.take(part));
    }
    if (records.length > 0) yield records;
  }
  const last = report?.end(torn) ?? [];
  if (last.length > 0) yield last;
}

/** One report being read. Stages go out as they come, once it is known whose they are. */
class Report {
  readonly document: number;
  readonly #input: Input;
  readonly #fields: JsonObject = {};
  readonly #waiting: DocumentPart[] = [];
  readonly #notes: QualityNote[] = [];
  readonly #book = new CallBook();
  /** How many stages bear each id. */
  readonly #ids = new Map<string, number>();
  readonly #sums = emptySums();
  #runId: string | undefined;
  #lastUs: number | undefined;
  /** Something in it says when it was. */
  #timed = false;
  #running = false;
  #failed = false;
  #stages = 0;

  constructor(document: number, input: Input) {
    this.document = document;
    this.#input = input;
  }

  take(part: DocumentPart): TraceRecord[] {
    const value = part.value as JsonValue;
    if (nestsDeeperThan(value, MAX_DEPTH)) {
      this.#input.refuse({ ...part.place, reason: `"${part.key}" nests deeper than ${MAX_DEPTH} levels` });
      return [];
    }
    if (part.index === undefined && part.key !== '') {
      if (part.key === 'stages' && value !== null)
        this.#input.refuse({ ...part.place, reason: `expected a list in "stages", found ${typeOf(value)}` });
      putField(this.#fields, part.key, value);
      if (part.key === 'run_id') this.#runId ??= runIdOf(value);
      if (part.key === 'started_at') this.#lastUs ??= parseTimestamp(value);
      return [];
    }
    if (!isObject(value)) {
      const what = part.key === '' ? 'an object with "run_id" and "stages"' : `an object in "${part.key}"`;
      this.#input.refuse({ ...part.place, reason: `expected ${what}, found ${typeOf(value)}` });
      return [];
    }
    // Where it was cut off, its id may be what is missing, or only the half of it.
    if (part.mended && part.key === 'stages' && ['id', undefined].includes(namedBeforeEnd(value))) return [];
    this.#waiting.push(part.mended ? { ...part, value: withoutTornCall(value) } : part);
    return this.#runId === undefined ? [] : this.#release(this.#runId);
  }

  /** What is known of the run itself, and its end unless the report was torn. */
  end(torn: boolean): TraceRecord[] {
    const fields = this.#fields;
    if (Object.keys(fields).length === 0 && this.#waiting.length === 0 && this.#stages === 0) return [];
    const runId = this.#runId ?? this.#input.runId ?? `run-${contentId(JSON.stringify(fields))}`;
    this.#runId = runId;
    const records = this.#release(runId);
    const startUs = parseTimestamp(fields.started_at);
    const endUs = parseTimestamp(fields.ended_at);
    const guessedUs = startUs === undefined && !this.#timed ? this.#startBefore(endUs) : undefined;
    const stated = sumsOf(fields.totals);
    if (stated && !torn) {
      compareSums(stated, this.#sums, 'totals of the run', this.#notes);
      const models = isObject(fields.totals) ? sumsOfModels(fields.totals.per_model) : undefined;
      if (models) compareSums(models, stated, 'per_model of the run', this.#notes);
    }
    const start: RunStartRecord = {
      event: 'run_start',
      run_id: runId,
      ...((startUs ?? guessedUs) !== undefined && { ts: usToSeconds((startUs ?? guessedUs)!) }),
      ...this.#runFields(startUs, endUs),
    };
    if (guessedUs !== undefined)
      start.attributes = { ...(start.attributes as JsonObject | undefined), [TIME_ESTIMATED]: true };
    records.unshift(start);
    records.push(this.#outcome(runId, torn, endUs));
    return records;
  }

  #release(runId: string): TraceRecord[] {
    const records: TraceRecord[] = [];
    for (const { key, value, index } of this.#waiting.splice(0)) {
      const object = value as JsonObject;
      if (key === 'llm_calls') {
        const fallbackUs = this.#lastUs;
        records.push(callRecord(object, { runId, stage: asString(object.stage_id), fallbackUs }, this.#book));
        addSums(this.#sums, sumsOfCalls([object]));
        continue;
      }
      const spanId = this.#uniqueId(
        asString(object.id) ?? asString(object.stage) ?? `stage-${(index ?? 0) + 1}`,
      );
      // A stage that says no time comes after the one before it; without any time there is that of the file.
      const fallbackUs = this.#lastUs ?? this.#startBefore(parseTimestamp(this.#fields.ended_at));
      const estimated = !this.#timed && parseTimestamp(this.#fields.started_at) === undefined;
      const place = { runId, spanId, fallbackUs, estimated };
      const reading = readStage(object, place, this.#book, this.#notes);
      this.#timed ||= reading.timed;
      addSums(this.#sums, reading.sums);
      this.#lastUs = reading.endUs ?? this.#lastUs;
      this.#failed ||= reading.status === 'error';
      this.#running ||= reading.endUs === undefined;
      this.#stages++;
      for (const record of reading.records) records.push(record);
    }
    return records;
  }

  /** When the run began, by its end or the file's time, and by how long it took. */
  #startBefore(endUs: number | undefined): number | undefined {
    const { modifiedMs } = this.#input;
    const overUs = endUs ?? (modifiedMs === undefined ? undefined : Math.round(modifiedMs * 1000));
    const wallUs = lastingUs((asNumber(this.#fields.wall_seconds) ?? 0) * 1000) ?? 0;
    return overUs === undefined || overUs <= wallUs ? overUs : overUs - wallUs;
  }

  #uniqueId(id: string): string {
    const number = (this.#ids.get(id) ?? 0) + 1;
    this.#ids.set(id, number);
    return number === 1 ? id : `${id} (${number})`;
  }

  #runFields(startUs: number | undefined, endUs: number | undefined): JsonObject {
    const known: JsonObject = {};
    const attributes: JsonObject = {};
    for (const field of Object.keys(this.#fields)) {
      const value = this.#fields[field];
      if (READ_FIELDS.has(field) || value === null || isEmpty(value)) continue;
      if (RUN_FIELDS.has(field)) known[field] = value;
      else putField(attributes, field, value);
    }
    const recipe = asString(this.#fields.recipe_name);
    if (recipe !== undefined) {
      known.name ??= recipe;
      known.labels = { recipe, ...(isObject(known.labels) && known.labels) };
    }
    Object.assign(attributes, processorTimes(this.#fields));
    const wallS = this.#fields.wall_seconds;
    const spanS = startUs === undefined || endUs === undefined ? undefined : (endUs - startUs) / 1e6;
    if (typeof wallS === 'number' && (spanS === undefined || Math.abs(wallS - spanS) > SAME_S))
      attributes.wall_s = wallS;
    if (isObject(known.attributes)) Object.assign(attributes, known.attributes);
    return { ...known, ...(Object.keys(attributes).length > 0 && { attributes }) };
  }

  /** A report is written while the run goes on, too: a stage that runs says so. */
  #outcome(runId: string, torn: boolean, endUs: number | undefined): TraceRecord {
    const word = asString(this.#fields.status);
    const stated = statusOf(word) === undefined ? undefined : word;
    const status = stated ?? (this.#running ? 'running' : this.#failed ? 'error' : 'ok');
    const ended = !torn && endUs !== undefined && statusOf(status) !== 'unset';
    const quality = this.#quality();
    return {
      event: ended ? 'run_end' : 'run_update',
      run_id: runId,
      ...(endUs !== undefined && { ts: usToSeconds(endUs) }),
      ...((ended || statusOf(status) === 'unset') && { status }),
      ...(quality.length > 0 && { quality }),
    };
  }

  /** Own doubts, and those that the run's writer had about where it came from. */
  #quality(): JsonObject[] {
    const stated = Array.isArray(this.#fields.quality) ? this.#fields.quality.filter(isObject) : [];
    const codes = new Set(stated.map(({ code }) => code));
    return [...stated, ...this.#notes.filter(({ code }) => !codes.has(code)).map((note) => ({ ...note }))];
  }
}

/** As every id of a run: text, and one that an address can name. */
function runIdOf(value: JsonValue): string | undefined {
  const id = asString(value);
  return id === '.' || id === '..' ? undefined : id;
}

/** `id` when a torn stage ends with it, undefined when it has none: its id is not known then. */
function namedBeforeEnd(value: JsonObject): string | undefined {
  return value.id === undefined ? undefined : Object.keys(value).at(-1);
}

function isEmpty(value: JsonValue | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function typeOf(value: JsonValue): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : isObject(value)
        ? 'an object'
        : `a ${typeof value}`;
}

/** A stage that was cut off among its calls, without the last of them: the half of a call would count as another one. */
function withoutTornCall(stage: JsonObject): JsonObject {
  const last = Object.keys(stage).at(-1);
  const { llm_calls: calls, llm } = stage;
  if (last === 'llm_calls' && Array.isArray(calls)) return { ...stage, llm_calls: calls.slice(0, -1) };
  if (last !== 'llm' || !isObject(llm) || Object.keys(llm).at(-1) !== 'calls' || !Array.isArray(llm.calls))
    return stage;
  return { ...stage, llm: { ...llm, calls: llm.calls.slice(0, -1) } };
}
