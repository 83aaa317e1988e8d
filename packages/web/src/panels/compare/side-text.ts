import type { RunFilters } from '../../state/url.ts';

/** A term in front of which a comma parts: a value that has one cannot be said. */
const TERM_WITHIN = /,\s*[\w.:-]+=/;

const KEYS = {
  session: 'session',
  project: 'project',
  taskType: 'task-type',
  status: 'status',
  agent: 'agent',
  model: 'model',
  search: 'search',
  minScore: 'min-score',
  maxScore: 'max-score',
  fromUs: 'from',
  toUs: 'to',
} as const satisfies Partial<Record<keyof RunFilters, string>>;

/** Keys that mean a filter of the run list: a label of such a name has to be called one. */
const TAKEN: ReadonlySet<string> = new Set([
  ...Object.keys(KEYS).filter((name) => name !== 'fromUs' && name !== 'toUs'),
  ...Object.values(KEYS),
  'label',
]);

/** A term of one side of a comparison, `agent=codex`, as `tacho compare` takes it; undefined where it cannot be said. */
export function termOf(key: string, value: string): string | undefined {
  if (!/^[\w.:-]+$/.test(key) || value === '' || value.trim() !== value || TERM_WITHIN.test(`${value},`))
    return undefined;
  return `${key}=${value}`;
}

/** A label as a term. */
export function labelTerm(key: string, value: string): string | undefined {
  if (!TAKEN.has(key)) return termOf(key, value);
  return value === '' ? undefined : termOf('label', `${key}=${value}`);
}

/** The filters of the run list as one side of a comparison. `unsaid`: filters that a side has no words for. */
export function sideFromFilters(filters: RunFilters): { text: string; unsaid: (keyof RunFilters)[] } {
  const terms: string[] = [];
  const unsaid: (keyof RunFilters)[] = [];
  const put = (name: keyof RunFilters, term: string | undefined): void => {
    if (term === undefined) unsaid.push(name);
    else terms.push(term);
  };
  for (const name of Object.keys(KEYS) as (keyof typeof KEYS)[]) {
    const value = filters[name];
    if (value === undefined) continue;
    const isTime = typeof value === 'number' && (name === 'fromUs' || name === 'toUs');
    const text = isTime ? momentText(value, name) : String(value);
    put(name, termOf(KEYS[name], text));
  }
  if (filters.label !== undefined) {
    const at = filters.label.indexOf('=');
    put('label', at > 0 ? labelTerm(filters.label.slice(0, at), filters.label.slice(at + 1)) : undefined);
  }
  if (filters.contents) unsaid.push('contents');
  return { text: terms.join(','), unsaid };
}

/**
 * A time for people as far as it is one to the millisecond; else in µs. A minute that is the end of a range is all of it, and
 * so is a second: the end is said with its thousandths, or as the minute whose last moment it is.
 */
function momentText(us: number, name: 'fromUs' | 'toUs'): string {
  // No calendar has it: an address may say any number.
  if (Number.isNaN(new Date(us / 1000).getTime())) return String(us);
  const isEnd = name === 'toUs';
  const minuteUs = isEnd ? us + 1 - 60e6 : us;
  if (minuteUs % 60e6 === 0) return new Date(minuteUs / 1000).toISOString().replace(/:00\.000Z$/, 'Z');
  if (us % 1000 !== 0) return String(us);
  const text = new Date(us / 1000).toISOString();
  return isEnd ? text : text.replace(/\.000Z$/, 'Z');
}
