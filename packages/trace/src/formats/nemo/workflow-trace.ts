import { contentId } from '../../model/ids.ts';
import { asCount, asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import type { ErrorFields, TraceRecord, UsageFields } from '../../model/record.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { toolKind } from '../../model/tool-category.ts';
import { printable } from '../excerpt.ts';
import { TIME_ESTIMATED, UNKNOWN_TIME_US } from '../unknown-time.ts';

const ROOT = 'workflow';
const KNOWN = new Set(
  'workflow_name start_time end_time duration_sec tool_calls total_input_tokens total_output_tokens success error_type error_message error metadata'.split(
    ' ',
  ),
);
const KNOWN_CALL = new Set(
  'tool_name invocation_id duration_sec input_tokens output_tokens success timestamp error_type error_message error input output cost_usd cost'.split(
    ' ',
  ),
);

/** CodeContextBench's trace.json: a workflow with its tool calls and totals, which count for what the calls do not explain. */
export function workflowRecords(trace: JsonObject, guess: string | undefined): TraceRecord[] {
  const name = asString(trace.workflow_name) ?? 'workflow';
  const calls = (Array.isArray(trace.tool_calls) ? trace.tool_calls : []).filter(isObject);
  const times = calls.map((call) => parseTimestamp(call.timestamp)).filter((us) => us !== undefined);
  const known =
    parseTimestamp(trace.start_time) ??
    (times.length > 0 ? times.reduce((a, b) => Math.min(a, b)) : undefined);
  const startUs = known ?? UNKNOWN_TIME_US;
  const runId =
    guess ??
    `nemo-${contentId(JSON.stringify([name, trace.start_time ?? null, trace.end_time ?? null, calls.length]))}`;
  const spans = callRecords(calls, runId, startUs);
  const durationUs = lastingUs(trace.duration_sec);
  const endUs = Math.max(
    startUs,
    parseTimestamp(trace.end_time) ?? (durationUs === undefined ? spans.endUs : startUs + durationUs),
  );
  const usage = tokensOf(trace.total_input_tokens, trace.total_output_tokens);
  const error = errorOf(trace);
  const rest: JsonObject = {};
  for (const [key, value] of Object.entries(trace))
    if (!KNOWN.has(key) && key !== '__proto__') rest[key] = printable(value);
  const status = error ? 'error' : 'ok';
  return [
    {
      event: 'run_start',
      run_id: runId,
      ts: usToSeconds(startUs),
      ...(known === undefined && { time_untold: true }),
      name,
      labels: { agent: name },
      ...(Object.keys(rest).length > 0 && { attributes: rest }),
      ...(isObject(trace.metadata) && { attributes: { ...rest, metadata: printable(trace.metadata) } }),
    },
    {
      event: 'span',
      run_id: runId,
      span_id: ROOT,
      ts: usToSeconds(startUs),
      end_ts: usToSeconds(endUs),
      name,
      kind: 'agent',
      status,
      ...(error && { error }),
      ...(usage && { usage }),
      ...(known === undefined && { attributes: { [TIME_ESTIMATED]: true } }),
    },
    ...spans.records,
    { event: 'run_end', run_id: runId, ts: usToSeconds(endUs), status, ...(error && { error }) },
  ];
}

function callRecords(
  calls: readonly JsonObject[],
  runId: string,
  fromUs: number,
): { records: TraceRecord[]; endUs: number } {
  let endUs = fromUs;
  const seen = new Map<string, number>();
  const records = calls.map((call, at): TraceRecord => {
    const name = asString(call.tool_name) ?? 'unnamed tool';
    const id = asString(call.invocation_id) ?? `${at}`;
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    const knownUs = parseTimestamp(call.timestamp);
    const startUs = knownUs ?? endUs;
    const ended = startUs + (lastingUs(call.duration_sec) ?? 0);
    if (ended > endUs) endUs = ended;
    const usage = tokensOf(call.input_tokens, call.output_tokens);
    const error = errorOf(call);
    const cost = asNumber(call.cost_usd ?? call.cost);
    const rest: JsonObject = {};
    for (const [key, value] of Object.entries(call))
      if (!KNOWN_CALL.has(key) && key !== '__proto__') rest[key] = printable(value);
    if (knownUs === undefined) rest[TIME_ESTIMATED] = true;
    return {
      event: 'span',
      run_id: runId,
      span_id: `tool:${id}${times > 1 ? `#${times}` : ''}`,
      parent: ROOT,
      ts: usToSeconds(startUs),
      end_ts: usToSeconds(ended),
      name,
      kind: 'tool',
      tool: { name, call_id: id, category: toolKind(name).category },
      status: error ? 'error' : 'ok',
      ...(error && { error }),
      ...(usage && { usage }),
      ...(cost !== undefined && { cost_usd: cost }),
      ...(call.input !== undefined && { inputs: printable(call.input) }),
      ...(call.output !== undefined && { outputs: printable(call.output) }),
      ...(Object.keys(rest).length > 0 && { attributes: rest }),
    };
  });
  return { records, endUs };
}

const MOST_SECONDS = 1e9;

function lastingUs(seconds: JsonObject[string]): number | undefined {
  const found = asNumber(seconds);
  return found === undefined || found < 0 || found > MOST_SECONDS ? undefined : Math.round(found * 1e6);
}

/** The source counts tokens, and not how many requests they were of. */
function tokensOf(input: JsonObject[string], output: JsonObject[string]): UsageFields | undefined {
  const [read, written] = [asCount(input), asCount(output)];
  if (read === undefined && written === undefined) return undefined;
  return { input_tokens: read ?? 0, output_tokens: written ?? 0, requests: 0 };
}

function errorOf(value: JsonObject): ErrorFields | undefined {
  const type = asString(value.error_type);
  const message = asString(value.error_message) ?? asString(value.error);
  if (value.success !== false && (type === undefined || value.success === true)) return undefined;
  return { ...(type !== undefined && { type }), message: message ?? type ?? 'it failed and gives no reason' };
}
