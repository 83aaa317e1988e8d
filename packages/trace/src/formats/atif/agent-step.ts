import { asCount, asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import type { OpenCall } from '../agent-call.ts';
import { contentText, previewOf, printable, unpackedJson } from '../excerpt.ts';
import { type Metrics, metricsOf } from './metrics.ts';
import { errorOf, exitCodeOf, type Observed, refsOf, resultsOf } from './observation.ts';
import type { Progress } from './progress.ts';
import { extraOf } from './step-extra.ts';
import { linkSubagent } from './subagent.ts';

type Times = { startUs: number; endUs: number };

/** A step of the agent's: a model call, the tools it asked for, and what came of them. */
export function readAgentStep(progress: Progress, step: JsonObject, key: string, us: number): void {
  const { scope } = progress;
  // A step that no model made is the harness's: its tools are real, its words nobody's.
  const call = step.llm_call_count === 0 ? undefined : scope.beginCall(us, key);
  if (call === undefined)
    scope.event('step without a model call', us, { message: contentText(step.message) });
  else readCall(progress, call, step, key, us);
  const tools = readTools(progress, call, step, key, us);
  readResults(progress, step, tools, us);
}

function readCall(progress: Progress, call: OpenCall, step: JsonObject, key: string, us: number): void {
  const { scope } = progress;
  const reasoning = asString(step.reasoning_content);
  // One converter writes the word for nothing.
  if (reasoning !== undefined && reasoning !== 'null') scope.think(call, reasoning, us);
  const parts = Array.isArray(step.message) ? step.message : [step.message];
  for (const part of parts) {
    const text = contentText(part);
    if (text !== '') scope.say(call, text, us);
    else if (isObject(part)) call.say(printable(part) as JsonObject, us);
  }
  const model = asString(step.model_name) ?? progress.model;
  const effort = asString(step.reasoning_effort);
  const times = timesOf(step.extra);
  if (times !== undefined) call.endUs = times.endUs;
  const attributes: JsonObject = {
    ...extraOf(step),
    ...(effort !== undefined && { effort }),
    ...(times === undefined && progress.estimated()),
  };
  call.tell({
    ...(model !== undefined && { model }),
    ...(times !== undefined && { ts: usToSeconds(times.startUs) }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  });
  const metrics = metricsOf(step.metrics);
  if (metrics !== undefined) count(progress, call, metrics, asCount(step.llm_call_count) ?? 1, key);
}

function count(progress: Progress, call: OpenCall, metrics: Metrics, requests: number, key: string): void {
  const { count: tokens, usage, costUsd, rest, isAnthropic } = metrics;
  const { sum } = progress;
  for (const part of ['prompt', 'completion', 'cached', 'written'] as const) sum[part] += tokens[part];
  call.tell({
    ...(Object.keys(usage).length > 0 && { usage: { ...usage, requests } }),
    ...(costUsd !== undefined && { cost_usd: costUsd }),
    ...(Object.keys(rest).length > 0 && { attributes: { metrics: printable(rest) } }),
  });
  if (!isAnthropic) {
    progress.lastCall = undefined;
    return;
  }
  // Several steps are made of one message, each with its usage so far: the same prompt, from the same cache, is the same
  // call, and its last report is the whole one.
  const signature = `${tokens.prompt}-${tokens.cached}-${tokens.written}`;
  const before = progress.lastCall;
  const repeats = before?.signature === signature && tokens.prompt + tokens.written > 0;
  if (repeats) progress.batch.span(before.spanId, { replay: true });
  const { runId, prefix } = progress.identity;
  const callKey = repeats ? before.key : `atif:${runId ?? ''}:${prefix}${key}`;
  call.tell({ call_key: callKey });
  progress.lastCall = { spanId: call.spanId, signature, key: callKey };
}

/** The step's tools, by the ids that its results name; the ids of their spans are unique in the file. */
function readTools(
  progress: Progress,
  call: OpenCall | undefined,
  step: JsonObject,
  key: string,
  us: number,
): Map<string, string> {
  const { scope } = progress;
  const tools = new Map<string, string>();
  const calls = Array.isArray(step.tool_calls) ? step.tool_calls.filter(isObject) : [];
  calls.forEach((tool, at) => {
    const callId = asString(tool.tool_call_id) ?? `${key}.${at + 1}`;
    const id = scope.tools.hasSeen(callId) ? `${key}.${callId}` : callId;
    const times = timesOf(tool.extra);
    const attributes = {
      ...(isObject(tool.extra) && { extra: printable(tool.extra) }),
      ...(times === undefined && progress.estimated()),
    };
    const name = asString(tool.function_name) ?? 'unnamed tool';
    scope.openTool(
      { id, name, input: unpackedJson(tool.arguments), us: times?.startUs ?? us, attributes },
      call,
    );
    tools.set(callId, id);
  });
  return tools;
}

function readResults(progress: Progress, step: JsonObject, tools: Map<string, string>, us: number): void {
  const { scope } = progress;
  const stepExtra = isObject(step.extra) ? step.extra : {};
  const ends = endsOf(step);
  const answers = new Map<string, Observed[]>();
  for (const result of resultsOf(step.observation, [...tools.keys()])) {
    const id = tools.get(result.callId ?? '');
    for (const ref of refsOf(result))
      linkSubagent(progress, ref, id === undefined ? scope.parent : `${scope.prefix}tool:${id}`, us);
    if (id === undefined) progress.observe(result, us);
    else answers.set(id, [...(answers.get(id) ?? []), result]);
  }
  for (const [callId, id] of tools) {
    const results = answers.get(id) ?? [];
    const error = results.map((result) => errorOf(result, stepExtra)).find((found) => found !== undefined);
    const exitCode = results.map((result) => exitCodeOf(result.text)).find((code) => code !== undefined);
    const extras = results.flatMap(({ source }) => (isObject(source.extra) ? [printable(source.extra)] : []));
    const attributes: JsonObject = {
      ...(exitCode !== undefined && { exit_code: exitCode }),
      ...(extras.length > 0 && { result_extra: extras.length === 1 ? extras[0]! : extras }),
    };
    scope.closeTool(id, {
      us: ends.get(callId) ?? us,
      status: error === undefined ? 'ok' : 'error',
      ...(error !== undefined && { error }),
      ...(results.length > 0 && { outputs: outputOf(results) }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    });
    for (const { text } of results)
      scope.give({ type: 'tool_result', tool_use_id: id, ...previewOf(text) }, us);
  }
}

function outputOf(results: readonly Observed[]): JsonValue {
  return results.length === 1 ? results[0]!.content : results.map((result) => result.content);
}

function endsOf(step: JsonObject): Map<string, number> {
  const ends = new Map<string, number>();
  for (const tool of Array.isArray(step.tool_calls) ? step.tool_calls.filter(isObject) : []) {
    const [id, times] = [asString(tool.tool_call_id), timesOf(tool.extra)];
    if (id !== undefined && times !== undefined) ends.set(id, times.endUs);
  }
  return ends;
}

/** Real times, as NVIDIA's writers put them into `extra.invocation`. */
function timesOf(extra: JsonValue | undefined): Times | undefined {
  const invocation = isObject(extra) && isObject(extra.invocation) ? extra.invocation : {};
  if (asNumber(invocation.start_timestamp) === undefined) return undefined;
  const startUs = parseTimestamp(invocation.start_timestamp);
  const endUs = parseTimestamp(invocation.end_timestamp);
  return startUs === undefined || endUs === undefined || endUs < startUs ? undefined : { startUs, endUs };
}
