import { isObject, type JsonValue } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { type ToolCategory, toolKind } from '../../model/tool-category.ts';
import { type ShellActivity, shellActivity } from '../shell-activity.ts';
import { commandIn, toolNameOf } from '../tool-purpose.ts';
import { queryIn, readPaths, shellReadPaths, writtenPaths } from './tool-arguments.ts';

/** What an agent does with code, in the words of the research the second seed rests on. */
export const PHASES = ['comprehension', 'navigation', 'implementation', 'testing'] as const;
export type Phase = (typeof PHASES)[number];

/** What an action is, whatever tool does it. */
export type Deed =
  | 'read'
  | 'search'
  | 'edit'
  | 'test'
  | 'build'
  | 'list'
  | 'history'
  | 'commit'
  | 'lookup'
  | 'other';

/** One tool call as one action, in one phase (G17). */
export type Action = {
  no: number;
  tool: string;
  deed: Deed;
  /** Null: planning, delegating, asking and what nobody can place belongs to no phase. */
  phase: Phase | null;
  startUs: number;
  /** Undefined: open, or torn off. */
  endUs?: number;
  /** Undefined: nobody knows yet. */
  ok?: boolean;
  /** Files that it read, and that it wrote. */
  reads: readonly string[];
  writes: readonly string[];
  query?: string;
  /** The server, of a tool that an MCP server offers. */
  server?: string;
  /** The line, of a shell. */
  command?: string;
  span: Span;
};

const DEED_OF_CATEGORY: Record<ToolCategory, Deed> = {
  read: 'read',
  search: 'search',
  edit: 'edit',
  shell: 'other',
  agent: 'other',
  web: 'lookup',
  plan: 'other',
  ask: 'other',
  skill: 'other',
  worktree: 'other',
  schedule: 'other',
  mcp: 'other',
  other: 'other',
};

const DEED_OF_SHELL: Record<ShellActivity, Deed> = {
  test: 'test',
  build: 'build',
  search: 'search',
  find: 'search',
  read: 'read',
  list: 'list',
  edit: 'edit',
  history: 'history',
  commit: 'commit',
  other: 'other',
};

/** Words in the names of servers' tools; the first row with one of them decides. What none has is navigation, as the seed says. */
const DEED_OF_WORD: readonly (readonly [RegExp, Deed])[] = [
  [/(^|_)(write|edit|create|update|delete|insert|replace|patch|commit|push|move|rename)(_|$)/, 'edit'],
  [/(^|_)(read|open|view|cat|get_file|file_content|fetch)(_|$)/, 'read'],
  [/(^|_)(list|ls|tree|directory)(_|$)/, 'list'],
];
const SEARCH_WORDS =
  /(^|_)(search|deepsearch|nls|grep|find|lookup|query|references|definition|symbols?)(_|$)/;

/** Deeds that fall into one phase whenever they come. */
const PHASE_OF_DEED: Record<Exclude<Deed, 'read'>, Phase | null> = {
  search: 'navigation',
  edit: 'implementation',
  test: 'testing',
  build: 'testing',
  list: 'comprehension',
  history: 'comprehension',
  commit: 'implementation',
  lookup: 'comprehension',
  other: null,
};

/** The tool calls of a run, subagents' included, in the order in which they began. */
export function actionsOf(run: Run): Action[] {
  const numbers = [...run.spans.keys()].filter((no) => {
    const { kind, tool } = run.spans[no]!;
    return kind === 'tool' || tool !== undefined;
  });
  numbers.sort((a, b) => run.spans[a]!.startUs - run.spans[b]!.startUs || a - b);
  let edited = false;
  return numbers.map((no) => {
    const action = actionOf(run.spans[no]!, no, edited);
    if (action.deed === 'edit' && action.ok !== false) edited = true;
    return action;
  });
}

function actionOf(span: Span, no: number, edited: boolean): Action {
  const tool = toolNameOf(span);
  const { category, server, serverTool } = toolKind(tool);
  const command = category === 'shell' ? commandIn(span.inputs) : undefined;
  const shell = command === undefined ? undefined : shellActivity(command);
  const deed =
    shell !== undefined
      ? DEED_OF_SHELL[shell.activity]
      : server !== undefined
        ? deedOfServerTool(serverTool!)
        : DEED_OF_CATEGORY[category];
  const remote = server !== undefined;
  const reads = shell ? shellReadPaths(shell.parts) : deed === 'read' ? readPaths(span.inputs) : [];
  const query = deed === 'search' ? (queryIn(span.inputs) ?? command) : undefined;
  const ok = span.status === 'error' ? false : span.endUs === undefined ? undefined : true;
  return {
    no,
    tool,
    deed,
    phase: phaseOf(deed, edited, remote),
    startUs: span.startUs,
    ...(span.endUs !== undefined && { endUs: span.endUs }),
    ...(ok !== undefined && { ok }),
    reads,
    writes: deed === 'edit' && shell === undefined ? writtenPaths(span.inputs) : [],
    ...(query !== undefined && { query }),
    ...(remote && { server }),
    ...(command !== undefined && { command }),
    span,
  };
}

/** What is read before the first edit serves to understand; later it is the way to the next place. */
function phaseOf(deed: Deed, edited: boolean, remote: boolean): Phase | null {
  if (deed === 'read') return edited || remote ? 'navigation' : 'comprehension';
  if (remote && deed !== 'edit') return 'navigation';
  return PHASE_OF_DEED[deed];
}

function deedOfServerTool(name: string): Deed {
  const lower = name.toLowerCase();
  if (SEARCH_WORDS.test(lower)) return 'search';
  return DEED_OF_WORD.find(([pattern]) => pattern.test(lower))?.[1] ?? 'other';
}

/** A result as text: what a test run, a search or a failing tool printed. */
export function resultText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item) => resultText(item)).join('\n');
  if (!isObject(value)) return String(value);
  const texts = ['text', 'output', 'stdout', 'stderr', 'content'].flatMap((name) =>
    value[name] === undefined ? [] : [shallowText(value[name])],
  );
  return texts.join('\n');
}

function shallowText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
