import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { printable } from '../excerpt.ts';
import type { Session } from './session.ts';
import { durationMsOf, errorOf, type Outcome } from './tool-output.ts';

type ReadEvent = (session: Session, event: JsonObject, us: number) => void;

/** What a harness's report of a finished tool says, whatever the tool. */
export type Report = {
  name: string;
  input: JsonValue;
  outcome: Outcome;
  attributes?: JsonObject;
};

/** How each kind of report is read: as an event of its own, or as an item in `item_completed`. */
const REPORTS: Record<string, (event: JsonObject) => Report> = {
  exec_command_end: commandReport,
  CommandExecution: commandReport,
  mcp_tool_call_end: mcpReport,
  McpToolCall: mcpReport,
  patch_apply_end: patchReport,
  FileChange: patchReport,
  web_search_end: searchReport,
  Extension: searchReport,
  WebSearch: searchReport,
  view_image_tool_call: (event) => ({
    name: 'view_image',
    input: { path: printable(event.path) },
    outcome: { outputs: null },
  }),
};

export const TOOL_EVENTS: Record<string, ReadEvent> = {
  ...Object.fromEntries(
    Object.entries(REPORTS).map(([type, report]): [string, ReadEvent] => [
      type,
      (session, event, us) => tell(session, event, report(event), us),
    ]),
  ),
  item_completed(session, event, us) {
    const item = isObject(event.item) ? event.item : {};
    const type = asString(item.type) ?? '';
    if (Object.hasOwn(REPORTS, type)) tell(session, item, REPORTS[type]!(item), us);
  },
  collab_agent_spawn_end(session, event, us) {
    const thread = asString(event.new_thread_id);
    const id = asString(event.call_id);
    if (thread !== undefined && id !== undefined)
      session.linkAgent(thread, id, us, asString(event.new_agent_nickname));
  },
};

/** The report completes the call in the conversation, before or after its output; it stands alone where there is none. */
function tell(session: Session, event: JsonObject, report: Report, us: number): void {
  const id = asString(event.call_id) ?? asString(event.id);
  if (id === undefined) return;
  const { scope } = session;
  const { name, input, outcome } = report;
  const durationMs = durationMsOf(event.duration);
  const error = errorOf(outcome);
  const attributes: JsonObject = {
    ...report.attributes,
    ...(outcome.exitCode !== undefined && { exit_code: outcome.exitCode }),
  };
  const told = {
    ...(error !== undefined && { error }),
    ...(durationMs !== undefined && { durationMs }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
  const status = error === undefined ? 'ok' : 'error';
  // What the model is shown of it may follow, and is told then.
  if (scope.closeTool(id, { us, status, outputs: outcome.outputs, ...told })) return;
  if (scope.tools.hasSeen(id)) {
    const { durationMs: _, ...rest } = told;
    const took = durationMs === undefined ? {} : { duration_ms: durationMs };
    scope.tools.tell(id, { ...rest, ...took, ...(error !== undefined && { status }) });
    return;
  }
  const startUs = durationMs === undefined ? us : Math.max(us - Math.round(durationMs * 1000), scope.firstUs);
  scope.openTool({ id, name, input, us: startUs, attributes });
  scope.closeTool(id, {
    us,
    status: error === undefined ? 'ok' : 'error',
    ...(error !== undefined && { error }),
    outputs: outcome.outputs,
  });
}

export function commandReport(event: JsonObject): Report {
  const exitCode = asNumber(event.exit_code);
  const output = event.aggregated_output ?? event.formatted_output ?? event.stdout;
  const cwd = asString(event.cwd);
  return {
    name: 'shell',
    input: { command: printable(event.command) },
    outcome: { outputs: printable(output), ...(exitCode !== undefined && { exitCode }) },
    ...(cwd !== undefined && { attributes: { cwd } }),
  };
}

function mcpReport(event: JsonObject): Report {
  const call = isObject(event.invocation) ? event.invocation : event;
  const server = asString(call.server) ?? 'unknown';
  const tool = asString(call.tool) ?? 'unknown';
  const result = isObject(event.result) ? event.result : {};
  // Rust writes a result as one of two fields.
  const inner = isObject(result.Ok) ? result.Ok : result;
  const failed = result.Err !== undefined || inner.isError === true || inner.is_error === true;
  return {
    name: `mcp__${server}__${tool}`,
    input: printable(call.arguments),
    outcome: { outputs: printable(result.Err ?? inner.content), ...(failed && { failed }) },
    attributes: { mcp_server: server, mcp_tool: tool },
  };
}

function patchReport(event: JsonObject): Report {
  const changes = isObject(event.changes) ? event.changes : {};
  const failed = event.success === false || event.status === 'failed' || event.status === 'declined';
  return {
    name: 'apply_patch',
    input: printable(changes),
    outcome: {
      outputs: printable(failed ? (event.stderr ?? event.stdout) : event.stdout),
      ...(failed && { failed }),
    },
    attributes: { files_changed: Object.keys(changes).length },
  };
}

export function searchReport(event: JsonObject): Report {
  const results = Array.isArray(event.results) ? event.results.length : undefined;
  return {
    name: 'web_search',
    input: isObject(event.action) ? printable(event.action) : { query: printable(event.query) },
    outcome: { outputs: printable(event.results) },
    ...(results !== undefined && { attributes: { results } }),
  };
}
