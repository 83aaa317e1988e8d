import { errorFrom } from './fold-span.ts';
import { asNumber, asString, isObject, type JsonValue, putField, putFields } from './json.ts';
import { QUALITY_CODES, type QualityCode, type QualityNote } from './quality.ts';
import type { RunEndRecord, RunStartRecord, RunUpdateRecord, TraceRecord } from './record.ts';
import type { RunHeader, RunOutput, RunStatus } from './run.ts';
import { type Score, scoreKey } from './score.ts';
import { type SpanStatus, statusOf } from './span.ts';
import { secondsToUs } from './time.ts';

const STRUCTURE = new Set(['event', 'ts', 'end_ts', 'run_id', 'duration_ms', 'status']);

/** A run's outcome, by the same words as a span's. `unset` is a word for "still running". */
const RUN_STATUS: Record<SpanStatus, RunStatus> = {
  unset: 'running',
  ok: 'ok',
  error: 'error',
  cancelled: 'interrupted',
};

type Setter = (run: RunHeader, value: JsonValue) => boolean;

const text =
  (key: 'name' | 'task' | 'taskType' | 'sessionId' | 'project'): Setter =>
  (run, value) => {
    const found = asString(value);
    if (found !== undefined) run[key] = found;
    return found !== undefined;
  };

/** What each field of a run record does to the run. False means "not understood": the value is kept as an attribute. */
const SETTERS: Record<string, Setter> = {
  name: text('name'),
  /** For sources that have no better word than the first one said: it stands only as long as the run is unnamed. */
  fallback_name(run, value) {
    const found = asString(value);
    if (found !== undefined && run.name === run.runId) run.name = found;
    return found !== undefined;
  },
  task: text('task'),
  task_type: text('taskType'),
  session_id: text('sessionId'),
  project: text('project'),
  labels(run, value) {
    if (!isObject(value)) return false;
    for (const [key, label] of Object.entries(value)) {
      if (label === null || label === undefined) continue;
      run.labels[key] = typeof label === 'object' ? JSON.stringify(label) : String(label);
    }
    return true;
  },
  attributes(run, value) {
    if (isObject(value)) putFields(run.attributes, value);
    return isObject(value);
  },
  output(run, value) {
    const output = outputFrom(value);
    if (output) run.output = { ...run.output, ...output };
    return output !== undefined;
  },
  error(run, value) {
    const error = errorFrom(value);
    if (error) run.error = error;
    return error !== undefined || value === null;
  },
  scores(run, value) {
    if (!Array.isArray(value)) return false;
    for (const item of value) {
      const score = isObject(item) ? scoreFrom(item) : undefined;
      if (score) putScore(run, score);
    }
    return true;
  },
  source(run, value) {
    const format = isObject(value) ? asString(value.format) : undefined;
    const uri = isObject(value) ? asString(value.uri) : undefined;
    const importedAt = isObject(value) ? asString(value.imported_at) : undefined;
    if (format === undefined || uri === undefined) return false;
    run.source = { format, uri, ...(importedAt !== undefined && { importedAt }) };
    return true;
  },
  quality(run, value) {
    const notes = notesFrom(value);
    // A written stream no longer shows what was wrong with the source it was made from: its notes say it.
    for (const note of notes ?? []) {
      const known = run.notes.find(({ code }) => code === note.code);
      if (known) Object.assign(known, note, { count: Math.max(known.count, note.count) });
      else run.notes.push(note);
    }
    return notes !== undefined;
  },
  time_untold(run, value) {
    if (value === true && !isStartTold(run)) run.timeUntold = true;
    return typeof value === 'boolean';
  },
  end_estimated(_run, value) {
    return typeof value === 'boolean';
  },
  pid(run, value) {
    const pid = asNumber(value);
    if (pid === undefined || pid <= 0) return false;
    run.process = { host: '', ...run.process, pid };
    return true;
  },
  host(run, value) {
    const host = asString(value);
    if (host === undefined) return false;
    run.process = { pid: 0, ...run.process, host };
    return true;
  },
};

/** A `run_start` said when the run began. */
function isStartTold(run: RunHeader): boolean {
  return run.startUs > 0 && run.startEstimated === undefined && run.timeUntold === undefined;
}

/** Writes everything a run record says into the run's header; status and end only count at `run_end` and `run_update`. */
export function describeRun(run: RunHeader, record: RunStartRecord | RunUpdateRecord | RunEndRecord): void {
  for (const field in record) {
    if (STRUCTURE.has(field)) continue;
    const value = record[field];
    if (value === undefined) continue;
    const set = Object.hasOwn(SETTERS, field) ? SETTERS[field] : undefined;
    if (!set?.(run, value)) putField(run.attributes, field, value);
  }
  const startUs = record.ts === undefined ? undefined : secondsToUs(record.ts);
  const isTold = record.time_untold !== true;
  if (record.event === 'run_start' && startUs !== undefined && (isTold || !isStartTold(run))) {
    run.startUs = startUs;
    delete run.startEstimated;
    if (isTold) delete run.timeUntold;
  }
  const status = statusWord(record);
  if (record.event === 'run_end') {
    endRun(run, record.end_estimated === true ? undefined : startUs);
    run.status = status ?? (run.error ? 'error' : run.status === 'running' ? 'ok' : run.status);
  } else if (status !== undefined) {
    run.status = status;
    if (status === 'running') {
      delete run.endUs;
      delete run.endEstimated;
    }
  }
}

/** An end with a time stands; without one, what comes later from another source still belongs to the run. */
function endRun(run: RunHeader, endUs: number | undefined): void {
  if (endUs === undefined && run.endUs !== undefined && !run.endEstimated && !run.settled) return;
  run.endUs = endUs ?? run.lastUs;
  if (endUs === undefined) run.endEstimated = true;
  else delete run.endEstimated;
}

function statusWord(record: TraceRecord): RunStatus | undefined {
  const status = statusOf(asString(record.status));
  return status === undefined ? undefined : RUN_STATUS[status];
}

function notesFrom(value: JsonValue): QualityNote[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const notes: QualityNote[] = [];
  for (const item of value) {
    const code = isObject(item) ? asString(item.code) : undefined;
    const count = isObject(item) ? asNumber(item.count) : undefined;
    const example = isObject(item) ? asString(item.example) : undefined;
    if (code === undefined || !Object.hasOwn(QUALITY_CODES, code) || count === undefined) return undefined;
    notes.push({ code: code as QualityCode, count, ...(example !== undefined && { example }) });
  }
  return notes;
}

function outputFrom(value: JsonValue): RunOutput | undefined {
  if (!isObject(value)) return undefined;
  const output: RunOutput = {};
  const path = asString(value.path);
  if (path !== undefined) output.path = path;
  for (const [field, key] of [
    ['bytes', 'bytes'],
    ['lines', 'lines'],
    ['patch_bytes', 'patchBytes'],
    ['files_changed', 'filesChanged'],
  ] as const) {
    const number = asNumber(value[field]);
    if (number !== undefined) output[key] = number;
  }
  return output;
}

/** A score as the stream writes it; undefined without a name or with a value that is no number. */
export function scoreFrom(value: { [key: string]: JsonValue | undefined }): Score | undefined {
  const name = asString(value.name);
  const number =
    value.value === null
      ? null
      : asNumber(value.value === true ? 1 : value.value === false ? 0 : value.value);
  if (name === undefined || number === undefined) return undefined;
  const score: Score = { name, value: number };
  const max = asNumber(value.max);
  if (max !== undefined) score.max = max;
  for (const [field, key] of [
    ['label', 'label'],
    ['round', 'round'],
    ['dimension', 'dimension'],
    ['span_id', 'spanId'],
    ['source', 'source'],
    ['comment', 'comment'],
  ] as const) {
    const found = asString(value[field]);
    if (found !== undefined) score[key] = found;
  }
  return score;
}

/** Adds a score, or replaces the one that judges the same thing. False when it was there just so. */
export function putScore(run: RunHeader, score: Score): boolean {
  const key = scoreKey(score);
  const at = run.scores.findIndex((known) => scoreKey(known) === key);
  const before = run.scores[at];
  if (before === undefined) run.scores.push(score);
  else run.scores[at] = score;
  return before === undefined || JSON.stringify(before) !== JSON.stringify(score);
}
