/** What a tool of Claude Code does. The names are the tool's own, old and new. */
const CATEGORIES: Record<string, readonly string[]> = {
  read: ['Read', 'NotebookRead', 'ReadMcpResourceTool'],
  search: ['Grep', 'Glob', 'LS', 'ToolSearch', 'LSP', 'ListMcpResourcesTool'],
  edit: ['Edit', 'Write', 'MultiEdit', 'NotebookEdit'],
  shell: ['Bash', 'BashOutput', 'KillBash', 'KillShell', 'PowerShell', 'Monitor'],
  agent: [
    'Task',
    'Agent',
    'Workflow',
    'TaskOutput',
    'AgentOutputTool',
    'TaskStop',
    'SendMessage',
    'TeamCreate',
    'TeamDelete',
  ],
  web: ['WebSearch', 'WebFetch', 'web_search', 'web_fetch'],
  plan: [
    'TodoWrite',
    'TodoRead',
    'TaskCreate',
    'TaskUpdate',
    'TaskGet',
    'TaskList',
    'EnterPlanMode',
    'ExitPlanMode',
    'exit_plan_mode',
  ],
  ask: ['AskUserQuestion'],
  skill: ['Skill', 'SlashCommand'],
  worktree: ['EnterWorktree', 'ExitWorktree'],
  schedule: ['CronCreate', 'CronDelete', 'CronList', 'ScheduleWakeup'],
};

const BY_NAME = new Map(
  Object.entries(CATEGORIES).flatMap(([category, names]) => names.map((name) => [name, category] as const)),
);

/** Tools that start a subagent. */
const SPAWNING = new Set(['Task', 'Agent']);

const MCP = /^mcp__(.+?)__(.+)$/;

export type ToolKind = {
  category: string;
  /** The server and its tool, for MCP tools (`mcp__server__tool`). */
  server?: string;
  serverTool?: string;
  spawns: boolean;
};

const known = new Map<string, ToolKind>();

/** What kind of tool this is, by its name alone. */
export function toolKind(name: string): ToolKind {
  const found = known.get(name);
  if (found) return found;
  const mcp = MCP.exec(name);
  const kind: ToolKind = mcp
    ? { category: 'mcp', server: mcp[1]!, serverTool: mcp[2]!, spawns: false }
    : { category: BY_NAME.get(name) ?? 'other', spawns: SPAWNING.has(name) };
  // Names come from data: a file with a million different ones must not grow the table without end.
  if (known.size < 1000) known.set(name, kind);
  return kind;
}
