import { MISSING_PARENT, type SpanColumns, statusAt, textAt } from '../model/columns.ts';
import type { RunStatus } from '../model/run.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { failuresOf } from './errors.ts';
import { isOpen } from './extent.ts';
import { type Judgement, judge } from './ledger.ts';
import { countBelow } from './owners.ts';
import { pastStalls } from './past-stalls.ts';
import { loopsOf, type Retry, retriesOf } from './repetition.ts';
import { stallsOf } from './stalls.ts';
import type { SpanTree } from './tree.ts';

export type Problem = {
  kind: 'error' | 'stall' | 'torn' | 'loop' | 'retry' | 'orphan' | 'impossible' | 'unpriced';
  severity: 'error' | 'warning' | 'info';
  /** The span to look at. */
  no: number;
  atUs: number;
  title: string;
  detail: string;
};

type Seen = {
  columns: SpanColumns;
  tree: SpanTree;
  nowUs: number;
  running: boolean;
  judgement: Judgement;
  retries: readonly Retry[];
  /** How long calls took in earlier runs. */
  history: readonly UsualTime[] | undefined;
};
type Finder = (seen: Seen) => Problem[];

/** Everything in a run that somebody should look at, newest first. For a run that is over pass its `lastUs` as now. */
export function problemsOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  status: RunStatus,
  judgement: Judgement = judge(columns, tree),
  history?: readonly UsualTime[],
): Problem[] {
  const retries = retriesOf(columns, tree);
  const seen: Seen = { columns, tree, nowUs, running: status === 'running', judgement, retries, history };
  return FINDERS.flatMap((find) => find(seen)).sort((a, b) => b.atUs - a.atUs || b.no - a.no);
}

/** A retry that worked makes an error a warning. */
const errors: Finder = ({ columns, tree, retries }) =>
  failuresOf(columns, tree, retries).map(({ no, recovered }) => {
    const text = textAt(columns, 'error', no) || 'It gives no reason.';
    return {
      kind: 'error',
      severity: recovered ? 'warning' : 'error',
      no,
      atUs: isOpen(columns, no) ? columns.startUs[no]! : columns.endUs[no]!,
      title: `${nameOf(columns, no)} failed`,
      detail: recovered ? `${text} A retry worked.` : text,
    };
  });

const stalls: Finder = ({ columns, tree, nowUs, running, history }) =>
  running
    ? stallsOf(columns, tree, nowUs, history).map(({ no, silentUs, usualUs }) => ({
        kind: 'stall',
        severity: 'warning',
        no,
        atUs: nowUs - silentUs,
        title: `${nameOf(columns, no)} is silent`,
        detail: silenceText(silentUs, usualUs),
      }))
    : [];

/** What was silent and went on costs time, but no more attention than that, unless it failed. */
const pastSilences: Finder = ({ columns, tree }) =>
  pastStalls(columns, tree).map(({ no, silentUs, usualUs, fromUs, times }) => ({
    kind: 'stall',
    severity: ['error', 'cancelled'].includes(statusAt(columns, no)) ? 'warning' : 'info',
    no,
    atUs: fromUs,
    title: `${nameOf(columns, no)} was silent`,
    detail: `${silenceText(silentUs, usualUs)}${times > 1 ? ` · ${times} times, this the longest` : ''}`,
  }));

/** `silent 34 s · usual 9 s` */
export function silenceText(silentUs: number, usualUs: number | undefined): string {
  const usual = usualUs === undefined ? 'nothing comparable' : `usual ${shortTime(usualUs)}`;
  return `silent ${shortTime(silentUs)} · ${usual}`;
}

/** The innermost spans that were open when the run ended: there it was cut off. */
const torn: Finder = ({ columns, tree, nowUs, running }) => {
  if (running) return [];
  const openBelow = countBelow(columns, tree, (no) => isOpen(columns, no));
  const problems: Problem[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (!isOpen(columns, no) || openBelow[no] !== 0) continue;
    const after = shortTime(Math.max(0, nowUs - columns.startUs[no]!));
    problems.push({
      kind: 'torn',
      severity: 'warning',
      no,
      atUs: Math.max(nowUs, columns.startUs[no]!),
      title: `${nameOf(columns, no)} never ended`,
      detail: `The record stops ${after} after its start.`,
    });
  }
  return problems;
};

const loops: Finder = ({ columns, tree }) =>
  loopsOf(columns, tree).map(({ last, times }) => ({
    kind: 'loop',
    severity: 'warning',
    no: last,
    atUs: columns.startUs[last]!,
    title: `${nameOf(columns, last)} ${times} times in a row`,
    detail: 'The same call, one after another, and no other tool between: it may be going in circles.',
  }));

const retried: Finder = ({ columns, retries }) =>
  retries.map(({ failed, last }) => {
    const worked = statusAt(columns, last) === 'ok';
    const tries = failed.length === 1 ? '1 error' : `${failed.length} errors`;
    const runs = isOpen(columns, last) && statusAt(columns, last) !== 'error';
    const outcome = worked ? 'worked' : runs ? 'is running' : 'failed too';
    return {
      kind: 'retry',
      severity: worked ? 'info' : 'warning',
      no: last,
      atUs: columns.startUs[last]!,
      title: `${nameOf(columns, last)} was tried again`,
      detail: `After ${tries} the last try ${outcome}.`,
    };
  });

const orphans: Finder = ({ columns, tree }) =>
  grouped(columns, 'orphan', 'warning', (no) => tree.parent[no] === MISSING_PARENT, {
    one: '1 span has no parent in the run',
    many: (count) => `${count} spans have no parent in the run`,
    detail: 'They name one that never came: its line is missing, or it belongs to another run.',
  });

const impossible: Finder = ({ columns, tree }) => {
  const cut = new Set(tree.cut);
  const early = (no: number): boolean => {
    const up = tree.parent[no]!;
    return up >= 0 && columns.startUs[no]! < columns.startUs[up]! - 1000;
  };
  return [
    ...grouped(columns, 'impossible', 'warning', (no) => cut.has(no), {
      one: '1 circle of parents',
      many: (count) => `${count} circles of parents`,
      detail: 'Spans are each other’s ancestors; one link of each circle was cut.',
    }),
    ...grouped(columns, 'impossible', 'info', early, {
      one: '1 span starts before its parent',
      many: (count) => `${count} spans start before their parent`,
      detail: 'The clocks behind them differ.',
    }),
  ];
};

const unpriced: Finder = ({ columns, judgement: { verdict, costUsd } }) => {
  const models = new Set<number>();
  const counts = (no: number): boolean =>
    Number.isNaN(costUsd[no]!) && (verdict[no] === 'counted' || verdict[no] === 'unattributed');
  for (let no = 0; no < columns.count; no++) if (counts(no)) models.add(columns.model[no]!);
  return [...models].flatMap((model) => {
    const name = columns.strings[model] || 'calls without a model';
    return grouped(columns, 'unpriced', 'info', (no) => columns.model[no] === model && counts(no), {
      one: `1 call without a price: ${name}`,
      many: (count) => `${count} calls without a price: ${name}`,
      detail: 'What they cost is unknown, and missing from the cost of the run.',
    });
  });
};

const FINDERS: readonly Finder[] = [
  errors,
  stalls,
  pastSilences,
  torn,
  loops,
  retried,
  orphans,
  impossible,
  unpriced,
];

type Words = { one: string; many: (count: number) => string; detail: string };

/** One problem for all spans that share it, at the newest of them. */
function grouped(
  columns: SpanColumns,
  kind: Problem['kind'],
  severity: Problem['severity'],
  has: (no: number) => boolean,
  words: Words,
): Problem[] {
  let newest = -1;
  let count = 0;
  for (let no = 0; no < columns.count; no++) {
    if (!has(no)) continue;
    count++;
    if (newest < 0 || columns.startUs[no]! >= columns.startUs[newest]!) newest = no;
  }
  if (count === 0) return [];
  const title = count === 1 ? words.one : words.many(count);
  return [{ kind, severity, no: newest, atUs: columns.startUs[newest]!, title, detail: words.detail }];
}

function nameOf(columns: SpanColumns, no: number): string {
  return textAt(columns, 'name', no) || 'A span without a name';
}

const UNITS = [
  ['h', 3600e6],
  ['min', 60e6],
  ['s', 1e6],
  ['ms', 1e3],
] as const;

/** A time in its largest unit, without decimals: `34 s`, `2 min`. */
function shortTime(us: number): string {
  const [unit, size] = UNITS.find(([, least]) => us >= least) ?? (['ms', 1e3] as const);
  return `${Math.round(us / size)} ${unit}`;
}
