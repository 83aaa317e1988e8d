import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import type { AgentScope } from '../agent-scope.ts';
import { previewOf, printable } from '../excerpt.ts';
import { commandReport, type Report, searchReport } from './tool-event.ts';
import { errorOf } from './tool-output.ts';

/** An item as the log has it, and where in the log it stands. */
export type ExecItem = { item: JsonObject; id: string; done: boolean; us: number };
type ReadItem = (scope: AgentScope, item: ExecItem) => void;

const FAILED = new Set(['failed', 'declined']);
const MOST_CHARS = 2000;

/** Items that are tools: what each says of its call and its result. */
const TOOLS: Record<string, (item: JsonObject) => Report> = {
  command_execution: (item) => failing(commandReport(item), item),
  file_change(item) {
    const changes = Array.isArray(item.changes) ? item.changes : [];
    const attributes = { files_changed: changes.length };
    return failing(
      { name: 'apply_patch', input: printable(changes), outcome: { outputs: null }, attributes },
      item,
    );
  },
  mcp_tool_call(item) {
    const [server, tool] = [asString(item.server) ?? 'unknown', asString(item.tool) ?? 'unknown'];
    const result = isObject(item.result)
      ? (item.result.structured_content ?? item.result.content)
      : item.result;
    const report = {
      name: `mcp__${server}__${tool}`,
      input: printable(item.arguments),
      outcome: { outputs: printable(messageOf(item.error) ?? result) },
    };
    return failing(report, item);
  },
  collab_tool_call: (item) =>
    failing(
      {
        name: asString(item.tool) ?? 'collaboration',
        input: printable({ prompt: item.prompt ?? null, agents: item.receiver_thread_ids ?? [] }),
        outcome: { outputs: printable(item.agents_states) },
      },
      item,
    ),
  web_search: searchReport,
};

const READERS: Record<string, ReadItem> = {
  agent_message: say,
  assistant_message: say,
  reasoning(scope, { item, us, done }) {
    if (done) scope.think(scope.openCall(us), asString(item.text) ?? '', us);
  },
  plan: (scope, { item, us, done }) => {
    if (done) scope.event('plan', us, { text: cutText(asString(item.text) ?? '', MOST_CHARS) });
  },
  todo_list(scope, { item, us }) {
    const items = Array.isArray(item.items) ? item.items.filter(isObject) : [];
    const completed = items.filter((each) => each.completed === true).length;
    scope.event(`plan: ${completed} of ${items.length} done`, us, { items: printable(items.slice(0, 100)) });
  },
  error: (scope, { item, us }) =>
    scope.event('warning', us, { message: cutText(asString(item.message) ?? '', MOST_CHARS) }, 'warning'),
};

/** The kinds of an item: how each is called in the log's own counts. */
export function typeOfItem(item: JsonObject): string {
  return asString(item.type) ?? asString(item.item_type) ?? 'untyped';
}

export function readExecItem(scope: AgentScope, read: ExecItem): void {
  const type = typeOfItem(read.item);
  if (Object.hasOwn(READERS, type)) READERS[type]!(scope, read);
  else if (Object.hasOwn(TOOLS, type)) readTool(scope, read, TOOLS[type]!(read.item));
}

export function messageOf(error: JsonValue | undefined): string | undefined {
  return isObject(error) ? asString(error.message) : asString(error);
}

function say(scope: AgentScope, { item, us, done }: ExecItem): void {
  if (done) scope.say(scope.openCall(us), asString(item.text) ?? '', us);
}

/** Many items are told once, when they are done: call and result in one. */
function readTool(scope: AgentScope, { item, id, done, us }: ExecItem, report: Report): void {
  const { name, input, outcome, attributes = {} } = report;
  if (!scope.tools.hasSeen(id)) scope.openTool({ id, name, input, us, attributes }, scope.openCall(us));
  if (!done) return;
  const error = errorOf(outcome);
  const { exitCode, outputs } = outcome;
  const closed = scope.closeTool(id, {
    us,
    status: error !== undefined ? 'error' : item.status === 'in_progress' ? 'cancelled' : 'ok',
    ...(error !== undefined && { error }),
    outputs,
    attributes: { ...attributes, ...(exitCode !== undefined && { exit_code: exitCode }) },
  });
  const text = typeof outputs === 'string' ? outputs : '';
  if (closed) scope.give({ type: 'tool_result', tool_use_id: id, ...previewOf(text) }, us);
}

/** A command that could not be started has no exit code: its status says that it failed. */
function failing(report: Report, item: JsonObject): Report {
  const failed = FAILED.has(asString(item.status) ?? '') || messageOf(item.error) !== undefined;
  return { ...report, outcome: { ...report.outcome, ...(failed && { failed }) } };
}
