/**
 * What a tool does, by its own name: Claude Code's, Codex's, Gemini CLI's and OpenHands'. Whoever needs categories of
 * another cut maps these words; names stand nowhere else.
 */
const CATEGORIES = {
  read: [
    'Read',
    'NotebookRead',
    'ReadMcpResourceTool',
    'read_file',
    'read_many_files',
    'view_image',
    'read_mcp_resource',
  ],
  search: [
    'Grep',
    'Glob',
    'LS',
    'ToolSearch',
    'LSP',
    'ListMcpResourcesTool',
    'glob',
    'search_file_content',
    'grep_search',
    'list_directory',
    'grep_files',
    'list_dir',
  ],
  edit: [
    'Edit',
    'Write',
    'MultiEdit',
    'NotebookEdit',
    'apply_patch',
    'write_file',
    'replace',
    'edit_file',
    'str_replace_editor',
    'str_replace_based_edit_tool',
  ],
  shell: [
    'Bash',
    'BashOutput',
    'KillBash',
    'KillShell',
    'PowerShell',
    'Monitor',
    'shell',
    'local_shell',
    'shell_command',
    'exec_command',
    'write_stdin',
    'unified_exec',
    'run_shell_command',
    'execute_bash',
    'bash',
    'bash_command',
  ],
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
    'spawn_agent',
  ],
  web: [
    'WebSearch',
    'WebFetch',
    'web_search',
    'web_fetch',
    'google_web_search',
    'browser',
    'browser_navigate',
  ],
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
    'update_plan',
    'write_todos',
    'save_memory',
  ],
  ask: ['AskUserQuestion', 'request_user_input'],
  skill: ['Skill', 'SlashCommand', 'activate_skill'],
  worktree: ['EnterWorktree', 'ExitWorktree'],
  schedule: ['CronCreate', 'CronDelete', 'CronList', 'ScheduleWakeup'],
} as const;

export type ToolCategory = keyof typeof CATEGORIES | 'mcp' | 'other';

const BY_NAME: ReadonlyMap<string, ToolCategory> = new Map(
  Object.entries(CATEGORIES).flatMap(([category, names]) =>
    names.map((name) => [name, category as ToolCategory] as const),
  ),
);

/** Tools that start a subagent. */
const SPAWNING = new Set(['Task', 'Agent', 'spawn_agent']);

const MCP = /^mcp__(.+?)__(.+)$/;

export type ToolKind = {
  category: ToolCategory;
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
