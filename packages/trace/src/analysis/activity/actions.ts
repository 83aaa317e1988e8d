import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { type ToolCategory, toolKind } from '../../model/tool-category.ts';
import { type Prepared, prepare } from '../summary.ts';
import { commandIn, toolNameOf } from '../tool-purpose.ts';
import { deedOfTool, speaksOfFiles } from '../tool-words.ts';
import { type BareServer, bareServerIn } from './bare-servers.ts';
import { type Deed, type Phase, phaseOf } from './deed.ts';
import { type Folder, fileNamed } from './file-paths.ts';
import { scopesOf } from './scopes.ts';
import { type ShellDeeds, shellDeeds } from './shell-deeds.ts';
import {
  commandWordIn,
  folderIn,
  namedPaths,
  queryIn,
  repositoryIn,
  writtenPaths,
} from './tool-arguments.ts';

/** One tool call as one action, in one phase (G17). */
export type Action = {
  /** The number of its span in this run: another for records that came in another order. */
  no: number;
  /** The number of the agent's span that acts; -1 where no agent is known. */
  scope: number;
  tool: string;
  category: ToolCategory;
  deed: Deed;
  /** Null: planning, delegating, asking and what nobody can place belongs to no phase. */
  phase: Phase | null;
  startUs: number;
  /** Undefined: open, or torn off. */
  endUs?: number;
  /** Undefined: nobody knows, or a person has stopped it. */
  ok?: boolean;
  /** A person refused or stopped it. It was an action in its phase, and has done nothing that counts. */
  stopped: boolean;
  /** It writes what the agent made up: an edit, whatever else the call does. */
  edits: boolean;
  reverts: boolean;
  /** It runs tests, builds, or both: a shell line may. */
  tests: boolean;
  builds: boolean;
  /** Files that it read, and that it wrote, under their one name. */
  reads: readonly string[];
  writes: readonly string[];
  query?: string;
  /** The server, of a tool that an MCP server offers. */
  server?: string;
  /** The line, of a shell, and what it does. */
  command?: string;
  shell?: ShellDeeds;
  span: Span;
};

/** What the word says that an editor with several commands is given. */
const DEED_OF_COMMAND: ReadonlyMap<string, Deed> = new Map([['view', 'read']]);

/** The tool calls of a run, subagents' included, in the order in which they began. */
export function actionsOf(run: Run, prepared: Prepared = prepare(run)): Action[] {
  const scopes = scopesOf(prepared);
  const numbers = [...run.spans.keys()].filter((no) => {
    const { kind, tool } = run.spans[no]!;
    return kind === 'tool' || tool !== undefined;
  });
  // Calls of one answer begin together.
  numbers.sort((a, b) => byTime(run.spans[a]!, run.spans[b]!) || a - b);
  const cwd = typeof run.attributes.cwd === 'string' ? run.attributes.cwd : undefined;
  const bareServer = bareServerIn(run);
  let edited = false;
  return numbers.map((no) => {
    const action = actionOf(run.spans[no]!, no, scopes[no]!, { cwd, edited, bareServer });
    if (action.edits && action.ok !== false) edited = true;
    return action;
  });
}

/** By start, then end, then id: what decides must not depend on the order in which records came. */
export function byTime(a: Span, b: Span): number {
  const byStart = a.startUs - b.startUs;
  if (byStart !== 0) return byStart;
  const [endA, endB] = [a.endUs ?? Number.MAX_VALUE, b.endUs ?? Number.MAX_VALUE];
  return endA - endB || (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0);
}

function actionOf(
  span: Span,
  no: number,
  scope: number,
  { cwd, edited, bareServer }: { cwd: Folder; edited: boolean; bareServer: BareServer },
): Action {
  const tool = toolNameOf(span);
  const { category } = toolKind(tool);
  const { server, serverTool } = serverOf(span, tool, bareServer);
  const command = category === 'shell' ? commandIn(span.inputs) : undefined;
  const shell = command === undefined ? undefined : shellDeeds(command, cwd, folderIn(span.inputs) ?? cwd);
  const deed = shell?.deed ?? deedOf(span, tool, category, serverTool);
  const stopped = span.status === 'cancelled';
  const query = deed === 'search' && !stopped ? (queryIn(span.inputs) ?? command) : undefined;
  const ok = outcomeOf(span, deed, command);
  const files = shell === undefined && !stopped ? filesOf(span, deed, server, cwd) : NO_FILES;
  const done = stopped ? undefined : shell;
  const does = (what: boolean | undefined): boolean => what === true && !stopped;
  const action: Action = {
    no,
    scope,
    tool,
    category,
    deed,
    phase: phaseOf(deed, { edited, shell: shell !== undefined, remote: server !== undefined }),
    startUs: span.startUs,
    stopped,
    edits: does(shell?.edits ?? deed === 'edit'),
    reverts: does(shell?.reverts ?? (deed === 'edit' && commandWordIn(span.inputs) === 'undo_edit')),
    tests: does(shell?.tests ?? (deed === 'test' && server === undefined)),
    builds: does(shell?.builds ?? (deed === 'build' && server === undefined)),
    reads: done?.reads ?? (deed === 'read' ? files : NO_FILES),
    writes: done?.writes ?? (deed === 'edit' ? files : NO_FILES),
    span,
  };
  // Assigned one by one: a spread for each is most of the time of a run with many calls.
  if (span.endUs !== undefined) action.endUs = span.endUs;
  if (ok !== undefined) action.ok = ok;
  if (query !== undefined) action.query = query;
  if (server !== undefined) action.server = server;
  if (command !== undefined) action.command = command;
  if (shell !== undefined) action.shell = shell;
  return action;
}

const NO_FILES: readonly string[] = [];

function serverOf(
  span: Span,
  tool: string,
  bareServer: BareServer,
): { server?: string; serverTool?: string } {
  const { server, serverTool } = toolKind(tool);
  if (server !== undefined) return { server, serverTool: serverTool! };
  const told = span.attributes?.mcp_server;
  if (typeof told === 'string' && told !== '') {
    const own = span.attributes?.mcp_tool;
    return { server: told, serverTool: typeof own === 'string' && own !== '' ? own : tool };
  }
  const bare = bareServer(span, tool);
  return bare === undefined ? {} : { server: bare, serverTool: tool };
}

function deedOf(span: Span, tool: string, category: ToolCategory, serverTool: string | undefined): Deed {
  if (serverTool !== undefined) return deedOfTool(serverTool, 'mcp');
  const word = category === 'edit' ? commandWordIn(span.inputs) : undefined;
  const deed = (word === undefined ? undefined : DEED_OF_COMMAND.get(word)) ?? deedOfTool(tool, category);
  // `create_event` and `save_draft` write no code: of a tool that nobody has listed, its name or arguments must say so.
  const writes = deed === 'edit' || deed === 'arrange' || deed === 'commit';
  if (category !== 'other' || !writes || speaksOfFiles(tool)) return deed;
  return writtenPaths(span.inputs).length > 0 ? deed : 'other';
}

/** `grep` ends with 1 when it finds nothing. */
const FOUND_NOTHING = /^exit code:? 1\s*$/i;

function outcomeOf(span: Span, deed: Deed, command: string | undefined): boolean | undefined {
  if (span.status === 'error')
    return deed === 'search' && command !== undefined && FOUND_NOTHING.test(span.error?.message ?? '');
  return span.status === 'ok' && span.endUs !== undefined ? true : undefined;
}

function filesOf(span: Span, deed: Deed, server: string | undefined, cwd: Folder): readonly string[] {
  if (deed !== 'read' && deed !== 'edit') return NO_FILES;
  const named = deed === 'read' ? namedPaths(span.inputs) : writtenPaths(span.inputs);
  const repository = server === undefined ? undefined : repositoryIn(span.inputs);
  const from = folderIn(span.inputs) ?? cwd;
  const found = named.map((path) =>
    repository === undefined ? fileNamed(path, cwd, from) : `${repository}/${path.replace(/^\/+/, '')}`,
  );
  return [...new Set(found.filter((path) => path !== undefined))];
}
