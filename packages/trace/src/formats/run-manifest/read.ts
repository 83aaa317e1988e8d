import {
  asCount,
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  nestsDeeperThan,
  putField,
} from '../../model/json.ts';
import { MAX_DEPTH, type TraceRecord } from '../../model/record.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import type { Input } from '../format.ts';
import { readJsonDocument } from '../json-document.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';
import { toolSpans } from './tool-spans.ts';

/** A manifest as a run: what it counts becomes calls again, spread over the time that they took together. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const documents = new Map<number, JsonObject>();
  for await (const parts of readJsonDocument(input, [])) {
    for (const { document, key, value, place } of parts) {
      if (nestsDeeperThan(value, MAX_DEPTH - 10)) {
        input.refuse({ ...place, reason: `the field "${key.slice(0, 60)}" nests too deep` });
        continue;
      }
      const fields = documents.get(document) ?? {};
      documents.set(document, fields);
      putField(fields, key, value as JsonValue);
    }
  }
  for (const manifest of documents.values()) {
    const runId = runIdOf(manifest, input.runId);
    if (runId === undefined) {
      input.refuse({
        line: 1,
        offset: 0,
        reason: 'the manifest names neither a run nor a task: expected "run_id" or "result.task_id"',
      });
      continue;
    }
    yield recordsOf(manifest, input).map((record) => ({ ...record, run_id: runId }));
  }
}

function section(manifest: JsonObject, name: string): JsonObject {
  const value = manifest[name];
  return isObject(value) ? value : {};
}

/** A manifest of the seed names no run: the job and the task do. One that was cut off before them names nothing. */
function runIdOf(manifest: JsonObject, hint: string | undefined): string | undefined {
  const named = asString(manifest.run_id) ?? hint;
  if (named !== undefined) return named;
  const job = asString(section(manifest, 'execution').job_dir)
    ?.split(/[\\/]/)
    .findLast((part) => part !== '');
  const task = taskOf(section(manifest, 'result').task_id);
  return task === undefined || job === undefined ? task : `${job}__${task}`;
}

function taskOf(value: JsonValue | undefined): string | undefined {
  if (!isObject(value)) return asString(value);
  return asString(value.task_id) ?? asString(value.id) ?? asString(value.path) ?? asString(value.name);
}

/** The kind of harness is all that the manifest says of how the run came about. */
const SECTIONS = new Set([
  'timestamp',
  'harness',
  'execution',
  'tool_profile',
  'result',
  'retrieval_metrics',
  'nemo_metrics',
  'run_id',
]);

function recordsOf(manifest: JsonObject, input: Input): TraceRecord[] {
  const [execution, result] = [section(manifest, 'execution'), section(manifest, 'result')];
  const statedUs = parseTimestamp(manifest.timestamp);
  const fileUs = input.modifiedMs === undefined ? undefined : Math.round(input.modifiedMs * 1000);
  // It is written when the run is over.
  const endUs = statedUs ?? fileUs;
  const guessed = statedUs === undefined && fileUs !== undefined;
  const lasted = asNumber(result.duration_sec);
  const lastedUs = lasted !== undefined && lasted >= 0 && lasted < 1e9 ? Math.round(lasted * 1e6) : 0;
  const startUs = endUs === undefined ? undefined : Math.max(1, endUs - lastedUs);
  const { tools, left } = toolSpans(section(section(manifest, 'tool_profile'), 'tool_usage'), startUs);
  if (left > 0)
    input.refuse({
      line: 1,
      offset: 0,
      reason: `${left} calls are more than a run made from a manifest shows`,
    });
  return [
    {
      event: 'run_start',
      ...(startUs !== undefined && { ts: usToSeconds(startUs) }),
      ...describe(manifest, execution, result),
    },
    {
      ...agentSpan(execution, result, startUs, endUs),
      ...(guessed && { attributes: { [TIME_ESTIMATED]: true } }),
    },
    ...tools,
    ...rewardOf(result),
    ...endOf(result, statedUs, endUs),
  ];
}

function describe(manifest: JsonObject, execution: JsonObject, result: JsonObject): JsonObject {
  const taskId = taskOf(result.task_id);
  const name = asString(result.task_name) ?? taskId;
  const labels = {
    agent: asString(execution.agent),
    benchmark: asString(execution.benchmark),
    task_id: taskId,
    task_name: asString(result.task_name),
  };
  const [patch, files] = [asCount(result.patch_size_bytes), asCount(result.files_changed)];
  const rest = Object.entries(manifest).filter(([field]) => !SECTIONS.has(field));
  return {
    ...(name !== undefined && { name }),
    labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)),
    ...((patch !== undefined || files !== undefined) && {
      output: {
        ...(patch !== undefined && { patch_bytes: patch }),
        ...(files !== undefined && { files_changed: files }),
      },
    }),
    attributes: {
      ...Object.fromEntries(rest),
      ...pick(manifest, ['harness', 'retrieval_metrics', 'nemo_metrics']),
      ...pick(execution, ['job_dir']),
    },
  };
}

function pick(from: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) =>
      from[field] === undefined || from[field] === null ? [] : [[field, from[field]]],
    ),
  );
}

/** The agent as one span, with all that it used: a manifest knows no single call. */
function agentSpan(
  execution: JsonObject,
  result: JsonObject,
  startUs: number | undefined,
  endUs: number | undefined,
): TraceRecord {
  const tokens = isObject(result.tokens) ? result.tokens : {};
  const [input, output] = [asCount(tokens.input_tokens), asCount(tokens.output_tokens)];
  const read = asCount(tokens.cache_read_tokens) ?? 0;
  const written = asCount(tokens.cache_write_tokens) ?? 0;
  const other = (asCount(tokens.total_tokens) ?? 0) - (input ?? 0) - (output ?? 0);
  const known = input !== undefined || output !== undefined;
  const cost = asNumber(result.cost_usd);
  const name = asString(execution.agent);
  return {
    event: 'span',
    span_id: 'agent',
    kind: 'agent',
    name: name ?? 'agent',
    ...(startUs !== undefined && { ts: usToSeconds(startUs) }),
    ...(endUs !== undefined && { end_ts: usToSeconds(endUs) }),
    ...(known && {
      usage: {
        input_tokens: Math.max(0, (input ?? 0) - read - written),
        output_tokens: output ?? 0,
        ...(read > 0 && { cache_read_tokens: read }),
        ...(written > 0 && { cache_write_tokens: written }),
        ...(other > 0 && { other_tokens: other }),
      },
    }),
    ...(cost !== undefined && cost >= 0 && { cost_usd: cost }),
  };
}

function rewardOf(result: JsonObject): TraceRecord[] {
  const reward = asNumber(result.reward);
  return reward === undefined ? [] : [{ event: 'score', name: 'reward', value: reward }];
}

function endOf(result: JsonObject, statedUs: number | undefined, endUs: number | undefined): TraceRecord[] {
  const type = asString(result.error_type);
  const message = asString(result.error_message) ?? type;
  const failed = message !== undefined;
  // Without a time and without a result the run was cut off.
  if (statedUs === undefined && result.success === undefined && !failed) return [];
  return [
    {
      event: 'run_end',
      ...(endUs !== undefined && { ts: usToSeconds(endUs) }),
      status: failed ? 'error' : 'ok',
      ...(failed && { error: { ...(type !== undefined && { type }), message } }),
    },
  ];
}
