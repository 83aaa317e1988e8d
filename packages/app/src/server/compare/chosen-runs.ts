import type { RunQuery, RunSummary } from '@tacho/trace/wire/runs';
import type { Store } from '../../store/store.ts';
import { type Choice, ChoiceError, choiceOf, NoRunsError } from './choice.ts';

/** The runs that fit a query, page by page. */
export type RunPages = (query: RunQuery) => AsyncIterable<readonly RunSummary[]>;

/** One side of a comparison: its runs, and what it was taken to mean. */
export type ChosenSide = { name: string; runs: RunSummary[] };

export type ChooseOptions = {
  /** Filters that hold for both sides. */
  common?: RunQuery;
  nowUs: number;
  /** More than so many runs are refused. */
  most: number;
};

const PAGE = 1_000;

/** Straight from a store. */
export function storePages(store: Store): RunPages {
  return async function* (query) {
    let cursor: string | undefined;
    do {
      const page = await store.read((reader) =>
        reader.runs({ ...query, limit: PAGE, ...(cursor !== undefined && { cursor }) }),
      );
      yield page.runs;
      cursor = page.next;
    } while (cursor !== undefined);
  };
}

/** The runs that were typed as one side. Throws NoRunsError where there are none, ChoiceError where there are too many. */
export async function chooseRuns(
  typed: string,
  pages: RunPages,
  options: ChooseOptions,
): Promise<ChosenSide> {
  const choice = choiceOf(typed, options.nowUs);
  const found =
    choice.kind === 'word'
      ? await byWord(choice.word, pages, options)
      : await byFilter(choice, pages, options);
  if (found.runs.length > 0) return found;
  const also =
    options.common && Object.keys(options.common).length > 0
      ? ' under the filters that hold for both sides'
      : '';
  throw new NoRunsError(
    choice.kind === 'word'
      ? `Nothing is called "${choice.word}"${also}: no session, no run, no agent, no project, and no label has this value.`
      : `No run fits ${typed.trim()}${also}.`,
    '`tacho runs` lists the runs with their sessions.',
  );
}

/** Every run that the filters let through, for a folder that is a side as a whole. */
export async function allRuns(name: string, pages: RunPages, options: ChooseOptions): Promise<ChosenSide> {
  return { name, runs: await gathered(pages, options.common ?? {}, options, name) };
}

/** A run on both sides would be compared with itself. Throws ChoiceError. */
export function refuseShared(baseline: ChosenSide, treatment: ChosenSide): void {
  const known = new Set(baseline.runs.map(({ runId }) => runId));
  const shared = treatment.runs.filter(({ runId }) => known.has(runId));
  if (shared.length === 0) return;
  throw new ChoiceError(
    `${shared.length === 1 ? '1 run is' : `${shared.length} runs are`} on both sides (${shared[0]!.runId}${shared.length > 1 ? ' …' : ''}): each side must have runs of its own.`,
    `Baseline: ${baseline.name}. Treatment: ${treatment.name}.`,
  );
}

async function byWord(word: string, pages: RunPages, options: ChooseOptions): Promise<ChosenSide> {
  const { common = {} } = options;
  const session = await gathered(pages, merged(common, { session: word }), options, word);
  if (session.length > 0) return { name: `session ${word}`, runs: session };
  // The search finds words within all of these; what is meant is the whole of one.
  const near = await gathered(pages, merged(common, { search: word }), options, word);
  const run = near.filter(({ runId }) => runId === word);
  if (run.length > 0) return { name: `run ${word}`, runs: run };
  const meanings: readonly [name: string, fits: (run: RunSummary) => boolean][] = [
    [`label value ${word}`, ({ labels }) => Object.values(labels).includes(word)],
    [`agent ${word}`, ({ agent }) => agent === word],
    [`project ${word}`, ({ project }) => project === word],
  ];
  for (const [name, fits] of meanings) {
    const runs = near.filter(fits);
    if (runs.length > 0) return { name, runs };
  }
  const begins = near.filter(({ runId }) => runId.startsWith(word));
  if (begins.length > 1)
    throw new ChoiceError(`"${word}" is the beginning of ${begins.length} runs: type more of the id.`);
  return { name: `run ${begins[0]?.runId ?? word}`, runs: begins };
}

async function byFilter(
  { query, labels }: Extract<Choice, { kind: 'filter' }>,
  pages: RunPages,
  options: ChooseOptions,
): Promise<ChosenSide> {
  const { common = {} } = options;
  const [first] = labels;
  // The store filters by one label; the rest is looked at here.
  const label = common.label === undefined && first !== undefined ? { label: first.join('=') } : {};
  const name = nameOf(query, labels);
  const runs = await gathered(pages, { ...merged(common, query), ...label }, options, name);
  return { name, runs: runs.filter((run) => labels.every(([key, value]) => run.labels[key] === value)) };
}

function nameOf(query: RunQuery, labels: readonly (readonly [string, string])[]): string {
  const fields = Object.entries(query).map(([field, value]) =>
    field === 'fromUs' || field === 'toUs'
      ? `${field === 'fromUs' ? 'from' : 'to'} ${new Date(Number(value) / 1e3).toISOString()}`
      : `${field} ${value}`,
  );
  return [...fields, ...labels.map((label) => `label ${label.join('=')}`)].join(', ');
}

/** Both sets of filters hold; where they want different things of one field, nobody can say which. */
function merged(common: RunQuery, own: RunQuery): RunQuery {
  for (const field of Object.keys(own) as (keyof RunQuery)[])
    if (common[field] !== undefined && common[field] !== own[field])
      throw new ChoiceError(
        `A side asks for ${field} "${own[field]}", and the filters for both sides for "${common[field]}".`,
      );
  return { ...common, ...own };
}

async function gathered(
  pages: RunPages,
  query: RunQuery,
  { most }: ChooseOptions,
  name: string,
): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  // The order decides what chance draws: it must not change from one time to the next.
  for await (const page of pages({ ...query, sort: 'start', descending: false })) {
    runs.push(...page);
    if (runs.length > most)
      throw new ChoiceError(
        `${name} has more than ${most.toLocaleString('en')} runs, too many to compare at once: narrow it down.`,
      );
  }
  return runs;
}
