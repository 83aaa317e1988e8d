import { RUN_STATUSES } from '@tacho/trace/model/run';
import { RUN_SORTS, type RunQuery } from '@tacho/trace/wire/runs';
import { momentOf } from '../server/moment.ts';
import { type Arguments, dashed } from './arguments.ts';
import { CliError, EXIT } from './cli-error.ts';
import type { OptionSpec } from './command.ts';

/** The filters of the run list as options: the same names as in the page's address. */
export const RUN_QUERY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--search <words>', description: 'words that all occur in id, name, task, labels or models' },
  {
    flags: '--contents',
    description: 'search in what spans took in and gave out as well; slower in a large store',
  },
  { flags: '--session <id>', description: 'runs of one session' },
  { flags: '--project <name>', description: 'runs of one project' },
  { flags: '--task-type <type>', description: 'enumerated, best_practices, research or any other' },
  { flags: '--status <status>', description: 'running, ok, error or interrupted' },
  { flags: '--agent <name>', description: 'runs of one agent' },
  { flags: '--model <name>', description: 'runs that used a model' },
  { flags: '--label <key=value>', description: 'runs with a label' },
  { flags: '--min-score <n>', description: 'final score of at least n' },
  { flags: '--max-score <n>', description: 'final score of at most n' },
  { flags: '--from <time>', description: 'started at or after: 2026-04-10, 2026-04-10T14:32, or 2h, 7d ago' },
  { flags: '--to <time>', description: 'started at or before' },
  { flags: '--sort <column>', description: `one of ${RUN_SORTS.join(', ')} (default: start)` },
  { flags: '--ascending', description: 'smallest, or oldest, first' },
];

const TEXTS = ['search', 'session', 'project', 'taskType', 'status', 'agent', 'model', 'label'] as const;

const FILTERS = [...TEXTS, 'minScore', 'maxScore', 'from', 'to'] as const;

/** True when any filter was typed; an order alone chooses nothing. */
export function hasRunFilter(args: Arguments): boolean {
  return FILTERS.some((name) => args.text(name) !== undefined);
}

/** What was typed about the list of runs, as it is typed. Without a list all of it does nothing. */
export function listOptionsTyped(args: Arguments): string[] {
  const texts = [...FILTERS, 'sort'].filter((name) => args.text(name) !== undefined);
  const flags = ['contents', 'ascending'].filter((name) => args.flag(name));
  return [...texts, ...flags].map((name) => `--${dashed(name)}`);
}

/** The filters that were typed. Throws on what makes no sense. */
export function runQueryOf(args: Arguments, nowUs: number): RunQuery {
  const query: RunQuery = {};
  for (const name of TEXTS) {
    const text = args.text(name);
    if (text !== undefined) query[name] = text;
  }
  for (const name of ['minScore', 'maxScore'] as const) {
    const value = args.number(name);
    if (value !== undefined) query[name] = value;
  }
  for (const [name, field] of [
    ['from', 'fromUs'],
    ['to', 'toUs'],
  ] as const) {
    const text = args.text(name);
    if (text !== undefined) query[field] = timeOf(name, text, nowUs);
  }
  if (query.status !== undefined && !RUN_STATUSES.some((status) => status === query.status))
    throw new CliError(
      EXIT.usage,
      `--status needs one of ${RUN_STATUSES.join(', ')}, not "${query.status}".`,
    );
  if (query.label !== undefined && !query.label.includes('='))
    throw new CliError(EXIT.usage, `--label needs key=value, not "${query.label}".`);
  const sort = args.text('sort');
  if (sort !== undefined) {
    const known = RUN_SORTS.find((column) => column === sort);
    if (known === undefined)
      throw new CliError(EXIT.usage, `--sort needs one of ${RUN_SORTS.join(', ')}, not "${sort}".`);
    query.sort = known;
  }
  if (args.flag('contents')) {
    if (query.search === undefined)
      throw new CliError(EXIT.usage, '--contents says where --search looks: type --search too.');
    query.contents = true;
  }
  query.descending = !args.flag('ascending');
  return query;
}

function timeOf(option: 'from' | 'to', text: string, nowUs: number): number {
  const us = momentOf(text, nowUs, option === 'to' ? 'last' : 'first');
  if (us !== undefined) return us;
  throw new CliError(
    EXIT.usage,
    `--${option} needs a time like 2026-04-10, 2026-04-10T14:32 or 2h, not "${text}".`,
  );
}

/** The query as the HTTP API takes it. */
export function runListPath(query: RunQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return `/api/runs?${parameters}`;
}
