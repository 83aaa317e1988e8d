/** What an agent does with code, in the words of the research the second seed rests on. */
export const PHASES = ['comprehension', 'navigation', 'implementation', 'testing'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * What an action is, whatever tool does it. `arrange`: folders, names and rights of files, not what is in them. `check`: it
 * looks for mistakes and runs nothing of the program.
 */
export type Deed =
  | 'read'
  | 'search'
  | 'edit'
  | 'arrange'
  | 'test'
  | 'build'
  | 'check'
  | 'list'
  | 'history'
  | 'commit'
  | 'lookup'
  | 'other';

/** Deeds that fall into one phase whenever they come. Null: no phase. */
const PHASE_OF: Record<Exclude<Deed, 'read'>, Phase | null> = {
  search: 'navigation',
  edit: 'implementation',
  arrange: 'implementation',
  test: 'testing',
  build: 'testing',
  check: 'testing',
  list: 'comprehension',
  history: 'comprehension',
  commit: 'implementation',
  lookup: 'comprehension',
  other: null,
};

/**
 * The seed's rules: what a reading tool reads serves to understand before the first edit, and is the way to the next
 * place after it; what a shell reads (`cat`) serves to understand; an MCP server is for finding one's way.
 */
export function phaseOf(deed: Deed, by: { edited: boolean; shell: boolean; remote: boolean }): Phase | null {
  const phase = deed === 'read' ? (by.edited && !by.shell ? 'navigation' : 'comprehension') : PHASE_OF[deed];
  return by.remote && phase !== 'implementation' ? 'navigation' : phase;
}
