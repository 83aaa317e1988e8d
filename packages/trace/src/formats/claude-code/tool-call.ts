import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { usToSeconds } from '../../model/time.ts';
import { toolKind } from '../../model/tool-category.ts';
import { contentText, printable } from '../excerpt.ts';
import { linkAgent } from './agent.ts';
import { SpanDraft } from './batch.ts';
import type { Scope } from './scope.ts';
import type { OpenTool, Session } from './session.ts';
import { plainFields } from './short-text.ts';
import { toolTitle } from './tool-title.ts';

export type ToolUse = {
  id: string;
  name: string;
  input: JsonValue | undefined;
  callSpan: string;
  us: number;
};

/** A tool is called. False when the call was read before. */
export function openTool(session: Session, scope: Scope, use: ToolUse): boolean {
  const { id, name, input, us } = use;
  const resultCameFirst = session.closedTools.get(id);
  if (session.openTools.has(id) || resultCameFirst === false) return false;
  const { category, server, serverTool, spawns } = toolKind(name);
  const span = new SpanDraft(session.batch, `${scope.prefix}tool:${id}`);
  span.tell({
    ts: usToSeconds(us),
    parent: scope.parent,
    name: toolTitle(name, input),
    kind: 'tool',
    tool: { name, call_id: id, category },
    inputs: printable(input),
    links: [{ type: 'follows_from', span_id: use.callSpan }],
    ...(server !== undefined && { attributes: { mcp_server: server, mcp_tool: serverTool ?? '' } }),
  });
  if (resultCameFirst) {
    session.closedTools.set(id, false);
    return true;
  }
  session.openTools.set(id, {
    span,
    scope,
    startUs: us,
    name,
    ...(spawns && isObject(input) && { task: taskOf(input) }),
  });
  return true;
}

function taskOf(input: JsonObject): NonNullable<OpenTool['task']> {
  return {
    prompt: asString(input.prompt) ?? '',
    description: asString(input.description),
    role: asString(input.subagent_type),
  };
}

export type ToolResult = {
  id: string;
  block: JsonObject;
  /** What the harness notes of the result beside what the model sees. */
  result: JsonValue | undefined;
  /** The harness's word for a refusal, where it has one. */
  denial: string | undefined;
  us: number;
};

/** A tool's result is there. */
export function closeTool(
  session: Session,
  scope: Scope,
  { id, block, result, denial, us }: ToolResult,
): void {
  const tool = session.openTools.get(id);
  if (tool === undefined) {
    if (session.closedTools.get(id) === undefined) tellOrphan(session, scope, id, block, us);
    return;
  }
  session.openTools.delete(id);
  session.closedTools.set(id, false);
  const text = contentText(block.content);
  const error = block.is_error === true ? errorOf(text, denial) : undefined;
  const interrupted = isObject(result) && result.interrupted === true;
  const refused = denial !== undefined || (error !== undefined && REFUSED.test(text)) || STOPPED.test(text);
  const attributes = isObject(result) ? notesOf(result) : {};
  tool.span.tell({
    end_ts: usToSeconds(Math.max(us, tool.startUs)),
    status: refused || interrupted ? 'cancelled' : error ? 'error' : 'ok',
    ...(error && { error }),
    outputs: outputOf(block, result),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  });
  if (tool.task) finishAgent(session, tool, result, us);
}

/** Tools without a result are over all the same when the person stops them, or when the conversation goes on without. */
export function abandonTools(session: Session, scope: Scope, us: number, reason: string): void {
  for (const [id, tool] of session.openTools) {
    if (tool.scope !== scope) continue;
    session.openTools.delete(id);
    session.closedTools.set(id, false);
    tool.span.tell({
      end_ts: usToSeconds(Math.max(us, tool.startUs)),
      status: 'cancelled',
      error: { type: 'no_result', message: reason },
    });
  }
}

function finishAgent(session: Session, tool: OpenTool, result: JsonValue | undefined, us: number): void {
  const notes = isObject(result) ? result : undefined;
  const agentId = asString(notes?.agentId);
  const agent = agentId === undefined ? tool.agent : session.agentScope(agentId);
  if (agent === undefined) return;
  linkAgent(session, tool, agent);
  // Agents in the background go on after the tool that started them has returned.
  const goesOn = asString(notes?.status)?.startsWith('async') === true;
  const uses = notes?.totalToolUseCount;
  const { totalTokens, totalDurationMs } = notes ?? {};
  agent.span.tell({
    ...(agent.firstUs === 0 && { ts: usToSeconds(tool.startUs) }),
    ...(agent.firstUs === 0 && !goesOn && { end_ts: usToSeconds(Math.max(us, tool.startUs)) }),
    ...(typeof uses === 'number' && { tool_uses: uses }),
    // The tokens are those of its last call, or a copy of what its own file has: shown, never counted.
    attributes: {
      ...(typeof totalTokens === 'number' && { last_context_tokens: totalTokens }),
      ...(typeof totalDurationMs === 'number' && { reported_duration_ms: totalDurationMs }),
    },
  });
  if (goesOn) return;
  agent.finished = true;
  agent.retireCalls(agent.calls.size);
  if (agent.firstUs > 0) session.touched.add(agent);
}

const REFUSED = /^(?:<tool_use_error>)?(?:The user doesn't want to|Permission to use|User rejected)/;
const STOPPED = /^\[Request interrupted by user/;

function errorOf(text: string, denial: string | undefined): ErrorFields {
  const tagged = /^<tool_use_error>([\s\S]*?)(?:<\/tool_use_error>|$)/.exec(text);
  const message = cutText((tagged?.[1] ?? text).trim(), 2000) || 'the tool reports an error';
  const type = denial ?? (tagged ? 'tool_use_error' : REFUSED.test(text) ? 'refused' : undefined);
  return { ...(type !== undefined && { type }), message };
}

/** What the model was shown, and the patch of an edit beside it. The rest of the harness's copy says the same again. */
function outputOf(block: JsonObject, result: JsonValue | undefined): JsonValue {
  const { content } = block;
  const shown =
    Array.isArray(content) && content.every((part) => isObject(part) && part.type === 'text')
      ? contentText(content)
      : printable(content);
  const patch = isObject(result) ? result.structuredPatch : undefined;
  return Array.isArray(patch) && patch.length > 0 ? { result: shown, patch: printable(patch) } : shown;
}

/** Copies of inputs and outputs, and what only the harness needs. */
const NOT_NOTES = new Set(
  'stdout stderr content prompt originalFile originalFileContents oldString newString filePath type result agentId totalTokens totalDurationMs totalToolUseCount'.split(
    ' ',
  ),
);

/** The harness's plain notes on a result: explicit durations, counts, exit codes. What is false says nothing. */
function notesOf(result: JsonObject): JsonObject {
  const notes = plainFields(result, NOT_NOTES);
  for (const key in notes) if (notes[key] === false) delete notes[key];
  return notes;
}

function tellOrphan(session: Session, scope: Scope, id: string, block: JsonObject, us: number): void {
  session.closedTools.set(id, true);
  new SpanDraft(session.batch, `${scope.prefix}tool:${id}`).tell({
    ts: usToSeconds(us),
    end_ts: usToSeconds(us),
    parent: scope.parent,
    name: 'result of an earlier call',
    kind: 'tool',
    tool: { name: 'unknown', call_id: id },
    status: block.is_error === true ? 'error' : 'ok',
    outputs: outputOf(block, undefined),
    attributes: { call_missing: true },
  });
}
