import { plainLine } from '@tacho/trace/model/plain-text';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { SessionInfo } from '@tacho/trace/wire/search';
import { labelTerm, termOf } from './side-text.ts';

/** What is stored, as far as suggestions look at it: the newest. */
export type Stored = {
  sessions: readonly SessionInfo[];
  runs: readonly RunSummary[];
};

/** Something that is stored and can be one side of a comparison. */
export type Suggestion = {
  text: string;
  /** Where all of them are known. */
  runs?: number;
};

/** Two sides that are stored. */
export type Example = {
  baseline: Suggestion;
  treatment: Suggestion;
  /** Why they are worth a look. */
  why?: string;
};

/** Runs that have one value of something they differ in. */
type Group = Suggestion & { of: RunSummary[]; tasks: ReadonlySet<string> };
/** What runs differ in, a session or a label, and its values. */
type Dimension = { name: string; groups: Group[] };

const WORDS: Readonly<Record<string, string>> = {
  session: 'sessions',
  agent: 'agents',
  model: 'models',
  project: 'projects',
};

const MOST_EXAMPLES = 3;
const FEWEST_EXAMPLES = 2;
/** A label with more values names single runs rather than groups of them. */
const MOST_VALUES = 50;

/** All that can be suggested for a side, the newest sessions first. */
export function suggestionsOf(stored: Stored): Suggestion[] {
  return dimensionsOf(stored).flatMap(({ groups }) => groups.map(suggestion));
}

/** By what runs can be paired: what every comparison has, and the labels that are stored. */
export function pairKeysOf({ runs }: Stored): string[] {
  const keys = new Set(runs.flatMap(({ labels }) => Object.keys(labels)));
  return ['task', 'name', 'none', ...[...keys].filter(typeable).sort()];
}

/** Sides that are worth comparing: they have tasks in common, so that it can be told what the difference made. */
export function examplesOf(stored: Stored): Example[] {
  const pairs = dimensionsOf(stored).flatMap(({ name, groups }) => {
    const common = closestPair(groups.slice(0, name === 'session' ? 10 : 5));
    // Labels without tasks in common may be the tasks themselves.
    const worth = common !== undefined && (common.common > 0 || name === 'session');
    return worth ? [{ name, ...common }] : [];
  });
  const seen = new Set<string>();
  const found = pairs
    .sort((a, b) => b.common - a.common)
    .filter(({ earlier, later }) => {
      // Agents may differ exactly as sessions do: one of them is enough.
      const key = [earlier, later].map(({ text, of }) => of[0]?.runId ?? text).join('\n');
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, MOST_EXAMPLES)
    .map(({ name, common, earlier, later }) => ({
      baseline: suggestion(earlier),
      treatment: suggestion(later),
      why: `Two ${WORDS[name] ?? `values of ${name}`}${common > 0 ? ' with tasks in common' : ''}`,
    }));
  return [...found, ...newestSessions(stored, found)].slice(0, Math.max(found.length, FEWEST_EXAMPLES));
}

/** Sessions that are in no example yet, two and two. */
function newestSessions({ sessions }: Stored, examples: readonly Example[]): Example[] {
  const used = new Set(examples.flatMap(({ baseline, treatment }) => [baseline.text, treatment.text]));
  const free = sessions.flatMap(({ sessionId, runs }): Suggestion[] => {
    const text = termOf('session', sessionId);
    return text === undefined || !typeable(text) || used.has(text) || runs < 2 ? [] : [{ text, runs }];
  });
  return free.flatMap((treatment, at) => {
    const baseline = free[at + 1];
    return at % 2 === 0 && baseline ? [{ baseline, treatment, why: 'Two sessions' }] : [];
  });
}

/** What may stand against a side that is chosen: others of its kind, those with most tasks in common first. */
export function othersOf(side: string, stored: Stored): Suggestion[] {
  for (const { groups } of dimensionsOf(stored)) {
    const own = groups.find(({ text }) => text === side);
    if (!own || groups.length < 2) continue;
    return groups
      .filter((group) => group !== own)
      .sort((a, b) => commonTasks(own, b) - commonTasks(own, a))
      .slice(0, MOST_EXAMPLES)
      .map(suggestion);
  }
  return suggestionsOf(stored)
    .filter(({ text }) => text !== side)
    .slice(0, MOST_EXAMPLES);
}

function suggestion({ text, runs }: Group): Suggestion {
  return { text, ...(runs !== undefined && { runs }) };
}

/** What cannot be seen cannot be typed, and might read as something else. */
function typeable(text: string): boolean {
  return plainLine(text) === text;
}

/** The two groups with most tasks in common, the first ones where none has any; the one that began first is what was before;
 * sessions stand with the newest first. */
function closestPair(groups: readonly Group[]): { earlier: Group; later: Group; common: number } | undefined {
  let best: { pair: [Group, Group]; common: number } | undefined;
  groups.forEach((one, at) => {
    for (const other of groups.slice(at + 1)) {
      const common = commonTasks(one, other);
      if (best === undefined || common > best.common) best = { pair: [one, other], common };
    }
  });
  if (best === undefined) return undefined;
  const [earlier, later] = best.pair.reverse().sort((a, b) => beginningOf(a) - beginningOf(b) || 0);
  return { earlier: earlier!, later: later!, common: best.common };
}

function beginningOf({ of }: Group): number {
  return of.reduce((least, { startUs }) => Math.min(least, startUs), Number.POSITIVE_INFINITY);
}

function commonTasks(one: Group, other: Group): number {
  let count = 0;
  for (const task of one.tasks) if (other.tasks.has(task)) count++;
  return count;
}

function dimensionsOf({ sessions, runs }: Stored): Dimension[] {
  const found = new Map<string, Map<string, RunSummary[]>>([['session', new Map()]]);
  const put = (name: string, text: string | undefined, run?: RunSummary): void => {
    if (text === undefined || !typeable(text)) return;
    const groups = found.get(name) ?? new Map<string, RunSummary[]>();
    found.set(name, groups);
    const known = groups.get(text) ?? [];
    groups.set(text, known);
    if (run) known.push(run);
  };
  for (const { sessionId } of sessions) put('session', termOf('session', sessionId));
  for (const run of runs) {
    if (run.sessionId) put('session', termOf('session', run.sessionId), run);
    if (run.agent) put('agent', termOf('agent', run.agent), run);
    if (run.models[0]) put('model', termOf('model', run.models[0]), run);
    if (run.project) put('project', termOf('project', run.project), run);
    // The filter by agent means this label already.
    for (const [key, value] of Object.entries(run.labels))
      if (key !== 'agent') put(key, labelTerm(key, value), run);
  }
  const counts = new Map(sessions.map(({ sessionId, runs }) => [`session=${sessionId}`, runs]));
  return [...found]
    .filter(([name, groups]) => name === 'session' || groups.size <= MOST_VALUES)
    .map(([name, groups]) => ({
      name,
      groups: [...groups].map(([text, of]) => ({
        text,
        of,
        tasks: tasksOf(of),
        ...countOf(counts.get(text)),
      })),
    }));
}

function countOf(runs: number | undefined): { runs?: number } {
  return runs === undefined ? {} : { runs };
}

function tasksOf(runs: readonly RunSummary[]): Set<string> {
  return new Set(runs.flatMap(({ labels, task }) => labels.task_id ?? labels.task_name ?? task ?? []));
}
