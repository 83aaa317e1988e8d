import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { contentText, printable } from '../excerpt.ts';

/** One result of an observation, and the tool call of the step that it answers. */
export type Observed = { callId: string | undefined; content: JsonValue; text: string; source: JsonObject };

/** How agents' shells say with which code a command ended. */
const EXIT_CODES = [
  /^Exit code:? (-?\d+)$/m,
  /\[The command completed with exit code (-?\d+)\.\]/,
  /^Process exited with code (-?\d+)$/m,
];
const TOOL_ERROR = /^<tool_use_error>([\s\S]*?)(?:<\/tool_use_error>|$)/;

/**
 * The results of a step. Those that name no call belong to the calls without a result, one each when there are as many, to
 * the last one when there are fewer: agents that type into a terminal see one screen for all that they typed.
 */
export function resultsOf(observation: JsonValue | undefined, callIds: readonly string[]): Observed[] {
  const list =
    isObject(observation) && Array.isArray(observation.results) ? observation.results.filter(isObject) : [];
  const results = list.map((source): Observed => {
    const content = printable(source.content ?? null);
    return { callId: asString(source.source_call_id), content, text: contentText(content), source };
  });
  const named = new Set(results.map((result) => result.callId));
  const free = callIds.filter((id) => !named.has(id));
  const nameless = results.filter((result) => result.callId === undefined && result.content !== null);
  if (nameless.length === free.length)
    for (const [at, result] of nameless.entries()) result.callId = free[at]!;
  else if (nameless.length === 1 && free.length > 0) nameless[0]!.callId = free.at(-1)!;
  return results;
}

/** Of the subagents that a result refers to: their ids, paths and words. */
export function refsOf({ source }: Observed): JsonObject[] {
  const refs = source.subagent_trajectory_ref;
  return Array.isArray(refs) ? refs.filter(isObject) : isObject(refs) ? [refs] : [];
}

export function exitCodeOf(text: string): number | undefined {
  for (const pattern of EXIT_CODES) {
    const code = asNumber(pattern.exec(text)?.[1]);
    if (code !== undefined) return code;
  }
  return undefined;
}

/** How the tool failed, if it did: by the result, by what the step notes of it, or by what the shell says. */
export function errorOf(result: Observed, stepExtra: JsonObject): ErrorFields | undefined {
  const { text, source } = result;
  const tagged = TOOL_ERROR.exec(text)?.[1];
  const noted = isObject(stepExtra.tool_result_metadata)
    ? stepExtra.tool_result_metadata.is_error
    : undefined;
  const said = isObject(source.extra) ? source.extra.is_error : undefined;
  const exitCode = exitCodeOf(text);
  if (tagged !== undefined)
    return { type: 'tool_use_error', message: cutText(tagged.trim(), 2000) || 'tool error' };
  if (exitCode !== undefined && exitCode !== 0)
    return { type: 'exit_code', message: `exit code ${exitCode}` };
  if (noted !== true && said !== true) return undefined;
  return { type: 'tool_error', message: cutText(text.trim(), 2000) || 'the tool reports an error' };
}
