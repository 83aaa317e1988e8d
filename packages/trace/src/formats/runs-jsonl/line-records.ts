import { leverageOf } from '../../analysis/leverage.ts';
import { contentId } from '../../model/ids.ts';
import { asCount, asNumber, asString, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { titleOf } from '../excerpt.ts';
import { TIME_ESTIMATED, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { scoreRecords } from './scores.ts';
import { stageRecords } from './stages.ts';

/** What people filter by. */
const LABELS = [
  'agent',
  'benchmark',
  'task_id',
  'trial',
  'variant',
  'producer_model',
  'evaluator_model',
  'experiment_id',
  'treatment_level',
  'parent_run_id',
];

/** Fields that the records say in their own way. All others are attributes of the run. */
const READ = new Set([
  ...LABELS,
  'run_id',
  'session_id',
  'project',
  'project_id',
  'timestamp',
  'task',
  'task_type',
  'name',
  'run_duration_s',
  'runtime_s',
  'tokens_by_stage',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'wiggum_scores',
  'wiggum_dims',
  'wiggum_r1_score',
  'final_score',
  'criteria_results',
  'criteria_rate',
  'output_path',
  'output_lines',
  'output_bytes',
  'error',
]);

const JUDGED = ['wiggum_scores', 'wiggum_dims', 'wiggum_eval_log'];

/** A billion seconds are thirty years. */
const MOST_SECONDS = 1e9;

/** The records of one line, in either shape; without `run_id` the run is named by when and what it was. */
export function lineRecords(line: JsonObject): TraceRecord[] {
  const told = parseTimestamp(line.timestamp);
  const startUs = told ?? UNKNOWN_TIME_US;
  const lastedS = asNumber(line.run_duration_s ?? line.runtime_s);
  const lastedUs =
    lastedS !== undefined && lastedS >= 0 && lastedS < MOST_SECONDS ? Math.round(lastedS * 1e6) : 0;
  const endUs = startUs + lastedUs;
  const final = asString(line.final);
  const failed = final?.toUpperCase() === 'ERROR';
  const records: TraceRecord[] = [
    {
      event: 'run_start',
      ts: usToSeconds(startUs),
      ...(told === undefined && { time_untold: true }),
      ...described(line),
    },
    ...stageRecords(line, { startUs, endUs }),
    ...scoreRecords(line),
    {
      event: 'run_end',
      ts: usToSeconds(endUs),
      status: failed ? 'error' : 'ok',
      ...(failed && asString(line.error) !== undefined && { error: asString(line.error)! }),
    },
  ];
  const runId = runIdOf(line);
  for (const record of records) record.run_id = runId;
  return records;
}

function runIdOf(line: JsonObject): string {
  const id = asString(line.run_id);
  return id !== undefined && id !== '.' && id !== '..'
    ? id
    : `run-${contentId(JSON.stringify([line.timestamp ?? null, line.task ?? null, line.session_id ?? null]))}`;
}

function described(line: JsonObject): JsonObject {
  const task = asString(line.task);
  const name = asString(line.name);
  const project = asString(line.project) ?? asString(line.project_id);
  const output = {
    path: asString(line.output_path),
    bytes: asCount(line.output_bytes),
    lines: asCount(line.output_lines),
  };
  // Without a path, zeros say that there was none.
  const hasOutput = output.path !== undefined || (output.bytes ?? 0) + (output.lines ?? 0) > 0;
  const labels = Object.fromEntries(LABELS.flatMap((label) => labelled(label, line[label])));
  const attributes = restOf(line);
  return {
    ...(task !== undefined && { task, fallback_name: titleOf(task) }),
    ...(name !== undefined && { name }),
    ...text('task_type', line.task_type),
    ...text('session_id', line.session_id),
    ...(project !== undefined && { project }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(hasOutput && { output }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function text(field: string, value: JsonValue | undefined): JsonObject {
  const found = asString(value);
  return found === undefined ? {} : { [field]: found };
}

function labelled(label: string, value: JsonValue | undefined): [string, string][] {
  const found = asString(value);
  return found === undefined ? [] : [[label, found]];
}

/** Everything else that says something: null, '' and empty lists stand for "not known" in a line. */
function restOf(line: JsonObject): JsonObject {
  const rest: JsonObject = {};
  for (const field of Object.keys(line)) {
    const value = line[field];
    if (READ.has(field) || value === undefined || isEmpty(value)) continue;
    putField(rest, field, value);
  }
  if (asNumber(line.leverage) !== undefined) rest.leverage_kind ??= leverageKind(line);
  // It is how many there are of these.
  if (JUDGED.some((field) => line[field] !== undefined)) delete rest.wiggum_rounds;
  if (parseTimestamp(line.timestamp) === undefined) rest[TIME_ESTIMATED] = true;
  // Without the figures that it is the share of, the rate says something.
  if (line.criteria_results === undefined && asNumber(line.criteria_rate) !== undefined)
    rest.criteria_rate = line.criteria_rate;
  return rest;
}

/** Without an estimate of a person's hours the formula has only what stands in the line: who gets the same knew none. */
function leverageKind(line: JsonObject): 'tac' | 'proxy' {
  const score = scoreRecords(line).findLast(({ round, dimension }) => round && !dimension)?.value;
  const runtimeS = asNumber(line.run_duration_s ?? line.runtime_s) ?? 0;
  const proxy = leverageOf({
    scores: [score ?? asNumber(line.final_score) ?? Number.NaN],
    outputLines: asCount(line.output_lines),
    runtimeS,
  });
  const stated = asNumber(line.leverage) ?? Number.NaN;
  // Runtimes are rounded in the line, after the formula.
  return proxy !== null && Math.abs(proxy.value - stated) <= 0.02 * Math.abs(stated) ? 'proxy' : 'tac';
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
