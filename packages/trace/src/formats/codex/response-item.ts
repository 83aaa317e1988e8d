import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { contentText, previewOf, printable, unpackedJson } from '../excerpt.ts';
import { beginCall } from './model-call.ts';
import type { Session } from './session.ts';
import { errorOf, outcomeOf } from './tool-output.ts';
import { readPrompt } from './turns.ts';

type ReadItem = (session: Session, item: JsonObject, us: number) => void;

/** What each item of a conversation with the API does. */
const ITEMS: Record<string, ReadItem> = {
  message: readMessage,
  agent_message: readMessage,
  reasoning(session, item, us) {
    const call = beginCall(session, us);
    const text = contentText(item.content) || contentText(item.summary);
    session.scope.think(call, text, us);
  },
  function_call: (session, item, us) => readCall(session, item, unpackedJson(item.arguments), us),
  custom_tool_call: (session, item, us) => readCall(session, item, unpackedJson(item.input), us),
  tool_search_call: (session, item, us) =>
    readCall(session, { ...item, name: 'tool_search' }, unpackedJson(item.arguments), us),
  local_shell_call: (session, item, us) =>
    readCall(session, { ...item, name: 'local_shell' }, printable(item.action), us),
  web_search_call: (session, item, us) => readServerCall(session, item, 'web_search', item.action, us),
  image_generation_call: (session, item, us) =>
    readServerCall(session, item, 'image_generation', item.revised_prompt, us),
  function_call_output: readOutput,
  custom_tool_call_output: readOutput,
  tool_search_output: (session, item, us) =>
    readOutput(session, { ...item, output: item.tools ?? item.output }, us),
  mcp_tool_call_output: readOutput,
  local_shell_call_output: readOutput,
};

export function readItem(session: Session, item: JsonObject, us: number): void {
  const type = asString(item.type) ?? '';
  if (Object.hasOwn(ITEMS, type)) ITEMS[type]!(session, item, us);
}

function readMessage(session: Session, item: JsonObject, us: number): void {
  const text = contentText(item.content);
  const role = asString(item.role);
  if (role === 'user') readPrompt(session, text, item.content, us, false);
  else if (role === 'assistant' || (role === undefined && item.type === 'message')) {
    session.scope.say(beginCall(session, us), text, us);
  } else if (item.type === 'agent_message') {
    // From one agent to another.
    session.scope.give(
      {
        type: 'message',
        from: asString(item.author) ?? '',
        to: asString(item.recipient) ?? '',
        ...previewOf(text),
      },
      us,
    );
  } else session.scope.give({ type: 'note', role: role ?? '', ...previewOf(text) }, us);
}

function readCall(session: Session, item: JsonObject, input: JsonValue, us: number): void {
  const { scope } = session;
  const id = asString(item.call_id) ?? asString(item.id);
  if (id === undefined || scope.tools.hasSeen(id)) return;
  const plain = asString(item.name) ?? 'unnamed tool';
  const space = asString(item.namespace);
  // Tools of MCP servers have their server's name in front, in the name itself or beside it.
  const name = space?.startsWith('mcp__') && !plain.startsWith('mcp__') ? `${space}__${plain}` : plain;
  const call = beginCall(session, us);
  scope.openTool({ id, name, input, us }, call);
  if (plain === 'spawn_agent') session.spawning.add(id);
}

/** Tools that the API runs itself: the item stands for call and result alike. */
function readServerCall(
  session: Session,
  item: JsonObject,
  name: string,
  input: JsonValue | undefined,
  us: number,
): void {
  const { scope } = session;
  const id = asString(item.call_id) ?? asString(item.id) ?? `${name}:${scope.lastUs}`;
  const call = beginCall(session, us);
  if (!scope.openTool({ id, name, input: printable(input), us }, call)) return;
  const { answered } = call;
  scope.closeTool(id, { us, status: item.status === 'failed' ? 'error' : 'ok' });
  // It answers within the same call.
  call.answered = answered;
}

function readOutput(session: Session, item: JsonObject, us: number): void {
  const id = asString(item.call_id);
  if (id === undefined) return;
  const outcome = outcomeOf(item.output);
  const error = errorOf(outcome);
  const { exitCode, durationMs, outputs } = outcome;
  const result = {
    us,
    status: error === undefined ? ('ok' as const) : ('error' as const),
    ...(error !== undefined && { error }),
    outputs,
    ...(exitCode !== undefined && { attributes: { exit_code: exitCode } }),
    ...(durationMs !== undefined && { durationMs }),
  };
  const { scope } = session;
  if (!scope.closeTool(id, result)) {
    if (scope.tools.hasSeen(id)) scope.tools.tell(id, { outputs });
    else scope.tools.stray(id, result, scope.parent);
  }
  const text = contentText(outputs);
  scope.give({ type: 'tool_result', tool_use_id: id, ...previewOf(text) }, us);
  linkStarted(session, id, outputs, us);
}

/** A call that started a subagent answers with the thread's id: the agent belongs under it. */
function linkStarted(session: Session, id: string, outputs: JsonValue, us: number): void {
  if (!session.spawning.delete(id)) return;
  const answer = unpackedJson(outputs);
  if (!isObject(answer)) return;
  const thread = asString(answer.agent_id) ?? asString(answer.new_thread_id);
  if (thread !== undefined) session.linkAgent(thread, id, us, asString(answer.nickname));
}
