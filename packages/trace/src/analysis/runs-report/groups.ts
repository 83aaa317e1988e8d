import { type GroupFigures, groupFigures } from './group-figures.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';

/** Figures of the runs that have a name for something, by that name, and how many runs have none. */
export type NamedGroups = { groups: Record<string, GroupFigures>; without: number };

/** Figures by agent, benchmark or whatever names runs; the largest group first. */
export function groupsBy(
  entries: readonly JudgedEntry[],
  nameOf: (entry: JudgedEntry) => string | undefined,
): NamedGroups {
  const groups = new Map<string, JudgedEntry[]>();
  let without = 0;
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name === undefined) without += hasEnded(entry) ? 1 : 0;
    else add(groups, name, entry);
  }
  return {
    groups: Object.fromEntries(bySize(groups).map(([name, members]) => [name, groupFigures(members)])),
    without,
  };
}

export type TypeAndModel = { task_type: string | null; model: string | null } & GroupFigures;

/** Figures by task type and model together; runs that say neither have a line of their own. */
export function byTypeAndModel(entries: readonly JudgedEntry[]): TypeAndModel[] {
  const groups = new Map<string, JudgedEntry[]>();
  // As JSON, no name can be taken for two.
  for (const entry of entries)
    add(groups, JSON.stringify([entry.taskType ?? null, entry.model ?? null]), entry);
  return bySize(groups).map(([key, members]) => {
    const [task_type, model] = JSON.parse(key) as [string | null, string | null];
    return { task_type, model, ...groupFigures(members) };
  });
}

function add<Value>(groups: Map<string, Value[]>, name: string, value: Value): void {
  const known = groups.get(name);
  if (known) known.push(value);
  else groups.set(name, [value]);
}

function bySize(groups: ReadonlyMap<string, JudgedEntry[]>): [string, JudgedEntry[]][] {
  return [...groups].sort(
    ([name, members], [other, others]) => others.length - members.length || (name < other ? -1 : 1),
  );
}
