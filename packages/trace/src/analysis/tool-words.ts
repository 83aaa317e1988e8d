import type { ToolCategory } from '../model/tool-category.ts';
import type { Deed } from './activity/deed.ts';

/** What a tool call was for, in the words of benchmark reports: the second seed's categories, and the rest. */
export type ToolPurpose =
  | 'code_search'
  | 'file_operation'
  | 'code_generation'
  | 'verification'
  | 'planning'
  | 'shell'
  | 'other';

/** What is known of a tool: its purpose in the tool profile, and what it does in the activity. */
type Meaning = { purpose: ToolPurpose; deed: Deed };

/** `null`: the category alone does not say, and the words of the name have to. */
const BY_CATEGORY: Record<ToolCategory, Meaning | null> = {
  read: { purpose: 'file_operation', deed: 'read' },
  search: { purpose: 'code_search', deed: 'search' },
  edit: { purpose: 'code_generation', deed: 'edit' },
  shell: { purpose: 'shell', deed: 'other' },
  agent: { purpose: 'planning', deed: 'other' },
  web: { purpose: 'other', deed: 'lookup' },
  plan: { purpose: 'planning', deed: 'other' },
  ask: { purpose: 'other', deed: 'other' },
  skill: { purpose: 'planning', deed: 'other' },
  worktree: { purpose: 'other', deed: 'other' },
  schedule: { purpose: 'other', deed: 'other' },
  mcp: null,
  other: null,
};

const LISTS: Meaning = { purpose: 'file_operation', deed: 'list' };
/** Looking for tools is no search in code. */
const OF_TOOLS: Meaning = { purpose: 'other', deed: 'other' };

/** Tools that neither their category nor the words of their name place well. */
const BY_NAME: ReadonlyMap<string, Meaning> = new Map([
  ['LS', LISTS],
  ['list_directory', LISTS],
  ['list_dir', LISTS],
  ['ToolSearch', OF_TOOLS],
  ['tool_search', OF_TOOLS],
  ['ListMcpResourcesTool', OF_TOOLS],
  ['search_replace', { purpose: 'code_generation', deed: 'edit' }],
  ['search_and_replace', { purpose: 'code_generation', deed: 'edit' }],
  ['create_directory', { purpose: 'file_operation', deed: 'arrange' }],
]);

/**
 * Whole words of a tool's name, for tools that nobody has listed. The first row that has one of them, and says what is
 * asked for, decides.
 */
const BY_WORD: readonly (Partial<Meaning> & { words: ReadonlySet<string> })[] = [
  {
    purpose: 'code_search',
    deed: 'search',
    words: words(
      'search deepsearch nls grep ripgrep glob lookup query reference references definition definitions symbol symbols',
    ),
  },
  // The server's name: all of its tools search, and what each does the rest of its name says.
  { purpose: 'code_search', words: words('sourcegraph') },
  { purpose: 'planning', deed: 'other', words: words('plan todo todos think memory') },
  { purpose: 'code_generation', deed: 'commit', words: words('commit push') },
  {
    purpose: 'code_generation',
    deed: 'edit',
    words: words('write edit patch create insert replace append save update'),
  },
  { deed: 'arrange', words: words('delete move rename') },
  { purpose: 'code_generation', deed: 'history', words: words('git') },
  { purpose: 'code_generation', deed: 'other', words: words('agent generate') },
  { purpose: 'verification', deed: 'test', words: words('test tests') },
  {
    purpose: 'verification',
    deed: 'check',
    words: words('verify verification validate validation lint typecheck'),
  },
  { purpose: 'verification', deed: 'build', words: words('build compile') },
  { purpose: 'verification', deed: 'other', words: words('run exec execute') },
  { purpose: 'file_operation', deed: 'read', words: words('read cat open view') },
  { purpose: 'file_operation', deed: 'search', words: words('find') },
  { purpose: 'file_operation', deed: 'list', words: words('list ls directory tree') },
  { purpose: 'file_operation', deed: 'history', words: words('diff') },
  { purpose: 'file_operation', deed: 'read', words: words('file files') },
  { deed: 'lookup', words: words('fetch browse browser web url webpage') },
];

/** What a tool is for by its name and category. `mcp__server__tool` counts with its server: `sourcegraph` says what for. */
export function purposeOfTool(name: string, category: ToolCategory): ToolPurpose {
  return (listed(name, category) ?? meaningByWords(name)).purpose;
}

/** What a tool does by its name and category; a server's tool by its own name, without the server's. */
export function deedOfTool(name: string, category: ToolCategory): Deed {
  return (listed(name, category) ?? meaningByWords(name)).deed;
}

/** Its name says that it is about files or their history, whatever it is given. */
export function speaksOfFiles(name: string): boolean {
  return wordsOf(name).some((word) => OF_FILES.has(word));
}
const OF_FILES = words('file files code patch notebook git commit');

function listed(name: string, category: ToolCategory): Meaning | null {
  return BY_NAME.get(name) ?? BY_CATEGORY[category];
}

const known = new Map<string, Meaning>();

function meaningByWords(name: string): Meaning {
  const found = known.get(name);
  if (found !== undefined) return found;
  const parts = wordsOf(name);
  const rows = BY_WORD.filter((row) => parts.some((part) => row.words.has(part)));
  const meaning: Meaning = {
    purpose: rows.find(({ purpose }) => purpose !== undefined)?.purpose ?? 'other',
    deed: rows.find(({ deed }) => deed !== undefined)?.deed ?? 'other',
  };
  // Names come from data: a file with a million different ones must not grow the table without end.
  if (known.size < 1_000) known.set(name, meaning);
  return meaning;
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
