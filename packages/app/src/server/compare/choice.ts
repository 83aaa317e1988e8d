import type { RunQuery } from '@tacho/trace/wire/runs';
import { momentOf } from '../moment.ts';

/** What one side of a comparison is made of, as it was typed. */
export type Choice =
  | { kind: 'filter'; query: RunQuery; labels: readonly (readonly [key: string, value: string])[] }
  /** A single word: a session, a value of a label, an agent, a project, or a run. */
  | { kind: 'word'; word: string };

/** What was typed makes no sense: a sentence for a person. */
export class ChoiceError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'ChoiceError';
    this.hint = hint;
  }
}

/** What was typed makes sense, and there is no such run. */
export class NoRunsError extends ChoiceError {}

type TextField = 'session' | 'project' | 'taskType' | 'status' | 'agent' | 'model' | 'search';
type NumberField = 'minScore' | 'maxScore';

const TEXTS: Readonly<Record<string, TextField>> = {
  session: 'session',
  project: 'project',
  'task-type': 'taskType',
  taskType: 'taskType',
  status: 'status',
  agent: 'agent',
  model: 'model',
  search: 'search',
};
const NUMBERS: Readonly<Record<string, NumberField>> = {
  'min-score': 'minScore',
  minScore: 'minScore',
  'max-score': 'maxScore',
  maxScore: 'maxScore',
};
const TIMES: Readonly<Record<string, 'fromUs' | 'toUs'>> = { from: 'fromUs', to: 'toUs' };

/** A comma separates terms only where another term follows: values may have commas in them. */
const BETWEEN_TERMS = /,\s*(?=[\w.:-]+=)/;

/**
 * Reads `session=NAME`, `agent=codex,from=7d`, `variant=mcp`: terms of key and value that all hold. A key that is no filter of
 * the run list is a label; `label=KEY=VALUE` is one whatever its name. Text without `=` is a word. Throws ChoiceError.
 */
export function choiceOf(text: string, nowUs: number): Choice {
  const typed = text.trim();
  if (typed === '')
    throw new ChoiceError('A side of a comparison is empty: name a session, a filter or a folder.');
  if (!/^[\w.:-]+=/.test(typed)) return { kind: 'word', word: typed };
  const query: RunQuery = {};
  const labels: [string, string][] = [];
  for (const term of typed.split(BETWEEN_TERMS)) {
    const at = term.indexOf('=');
    const [key, value] = [term.slice(0, at).trim(), term.slice(at + 1).trim()];
    if (value === '') throw new ChoiceError(`"${key}=" needs a value.`);
    if (Object.hasOwn(TEXTS, key)) query[TEXTS[key]!] = value;
    else if (Object.hasOwn(NUMBERS, key)) query[NUMBERS[key]!] = numberIn(key, value);
    else if (Object.hasOwn(TIMES, key)) query[TIMES[key]!] = timeIn(key, value, nowUs);
    else if (key === 'label') labels.push(labelIn(value));
    else labels.push([key, value]);
  }
  return { kind: 'filter', query, labels };
}

function numberIn(key: string, value: string): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new ChoiceError(`"${key}" needs a number, not "${value}".`);
}

function timeIn(key: string, value: string, nowUs: number): number {
  const us = momentOf(value, nowUs, key === 'to' ? 'last' : 'first');
  if (us !== undefined) return us;
  throw new ChoiceError(`"${key}" needs a time like 2026-04-10, 2026-04-10T14:32 or 2h, not "${value}".`);
}

function labelIn(value: string): [string, string] {
  const at = value.indexOf('=');
  if (at > 0) return [value.slice(0, at), value.slice(at + 1)];
  throw new ChoiceError(`"label" needs KEY=VALUE, not "${value}".`);
}
