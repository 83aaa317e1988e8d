import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp } from '../../model/time.ts';
import type { OpenCall } from '../agent-call.ts';
import type { AgentScope } from '../agent-scope.ts';
import type { ToolResult } from '../agent-tools.ts';
import { contentText, previewOf, printable } from '../excerpt.ts';

/** The CLI's words for how far a tool has come; any other means that it is still at work. */
const FINISHED: Record<string, ToolResult['status']> = {
  success: 'ok',
  error: 'error',
  cancelled: 'cancelled',
};

/** Lines that the shell tool puts around what a command printed. */
const EXIT_CODE = /^Exit Code: (-?\d+)$/m;
const FAILURE = /^Error: (?!\(none\)$)(.{1,500})$/m;

/** A tool of a message's list: its call, and its result when it is there. */
export function readTool(
  scope: AgentScope,
  tool: JsonObject,
  call: OpenCall | undefined,
  saidUs: number,
): void {
  const name = asString(tool.name) ?? 'unnamed tool';
  const id = asString(tool.id) ?? `${call?.spanId ?? scope.parent}/${name}`;
  // The list says when a tool was finished; it began when the model had asked for it.
  const doneUs = parseTimestamp(tool.timestamp) ?? saidUs;
  const display = asString(tool.displayName);
  scope.openTool(
    {
      id,
      name,
      input: printable(tool.args ?? tool.input),
      us: Math.min(saidUs, doneUs),
      ...(display !== undefined && { attributes: { display_name: display } }),
    },
    call,
  );
  const word = asString(tool.status) ?? (tool.result !== undefined ? 'success' : '');
  if (!Object.hasOwn(FINISHED, word) || !scope.tools.isOpen(id)) return;
  finish(scope, id, resultOf(tool, FINISHED[word]!, doneUs));
}

/** A result on its own, as the API has it: found by its id, or by the tool's name. */
export function readResponse(scope: AgentScope, response: JsonObject, us: number): void {
  const name = asString(response.name) ?? '';
  const id = asString(response.id) ?? scope.tools.openNamed(name) ?? name;
  if (id === '') return;
  const outputs = outputOf(response.response);
  const result: ToolResult = { us, ...judged('ok', outputs, response.response), outputs };
  if (scope.tools.isOpen(id)) finish(scope, id, result);
  else scope.tools.stray(id, result, scope.parent);
}

function finish(scope: AgentScope, id: string, result: ToolResult): void {
  scope.closeTool(id, result);
  const text = contentText(result.outputs);
  scope.give({ type: 'tool_result', tool_use_id: id, ...previewOf(text) }, result.us);
}

function resultOf(tool: JsonObject, status: ToolResult['status'], us: number): ToolResult {
  const responses = Array.isArray(tool.result) ? tool.result : [tool.result];
  const first = responses.find((part) => isObject(part) && isObject(part.functionResponse));
  const response =
    isObject(first) && isObject(first.functionResponse) ? first.functionResponse.response : undefined;
  const outputs = response === undefined ? printable(tool.result ?? tool.resultDisplay) : outputOf(response);
  return { us, ...judged(status, outputs, response), outputs };
}

function outputOf(response: JsonValue | undefined): JsonValue {
  if (!isObject(response)) return printable(response);
  const { output, error } = response;
  return printable(output ?? error ?? response);
}

/** A command that failed is a success to the CLI, which only ran it: its exit code says otherwise. */
export function judged(
  status: ToolResult['status'],
  outputs: JsonValue,
  response: JsonValue | undefined,
): Pick<ToolResult, 'status' | 'error' | 'attributes'> {
  const text = typeof outputs === 'string' ? outputs : '';
  const exitCode = asNumber(EXIT_CODE.exec(text)?.[1]);
  const attributes = exitCode === undefined ? {} : { attributes: { exit_code: exitCode } };
  if (status === 'cancelled') return { status, ...attributes };
  const error = errorOf(status, text, exitCode, response);
  return { status: error === undefined ? 'ok' : 'error', ...(error && { error }), ...attributes };
}

function errorOf(
  status: ToolResult['status'],
  text: string,
  exitCode: number | undefined,
  response: JsonValue | undefined,
): ErrorFields | undefined {
  const said = isObject(response) ? asString(response.error) : undefined;
  if (status === 'error' || said !== undefined)
    return {
      type: 'tool_error',
      message: cutText((said ?? text).trim(), 2000) || 'the tool reports an error',
    };
  if (exitCode === undefined || exitCode === 0) return undefined;
  const failure = FAILURE.exec(text)?.[1];
  return {
    type: 'exit_code',
    message: `exit code ${exitCode}${failure === undefined ? '' : `: ${failure}`}`,
  };
}
