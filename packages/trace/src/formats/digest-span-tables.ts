import type { Digest, NotableSpan } from '../analysis/digest.ts';
import type { Problem } from '../analysis/problems.ts';
import { clock, counted, duration, moneyAtLeast } from '../model/figures.ts';
import type { Tone } from './digest-facts.ts';
import {
  type Cell,
  type Column,
  type DigestTable,
  foreign,
  named,
  tableOf,
  unless0,
} from './digest-table.ts';

const agentOf = ({ agent }: Pick<NotableSpan, 'agent'>): Cell => ({ ...foreign(agent), tone: 'mute' });

const PROBLEM_WORDS: Record<Problem['kind'], string> = {
  error: 'error',
  stall: 'stall',
  torn: 'torn off',
  loop: 'loop',
  retry: 'retry',
  orphan: 'orphan',
  impossible: 'impossible',
  unpriced: 'unpriced',
};

const SEVERITY_TONES: Record<Problem['severity'], Tone> = { error: 'error', warning: 'warn', info: 'mute' };

export function problemTable({ problems, report: { run } }: Digest, most: number): DigestTable | undefined {
  return tableOf<Digest['problems'][number]>(
    'problems',
    'Problems',
    problems,
    [
      {
        title: '',
        of: ({ kind, severity }) => ({ text: PROBLEM_WORDS[kind], tone: SEVERITY_TONES[severity] }),
      },
      { title: 'what', of: ({ title, no }) => ({ text: title, foreign: 'prose', ...(no >= 0 && { no }) }) },
      { title: 'in', of: agentOf },
      { title: 'why', of: ({ detail }) => ({ text: detail, foreign: 'prose', tone: 'mute' }) },
      { title: 'at', figure: true, of: ({ atUs }) => clock(atUs - run.startUs) },
    ],
    { most, rest: (left) => `and ${counted(left.length, 'more problem')}` },
  );
}

function spanColumns(originUs: number): Column<NotableSpan>[] {
  return [
    { title: 'span', of: (span) => ({ ...named(span), kind: span.kind }) },
    { title: 'with', of: ({ name, what }) => ({ ...foreign(what === name ? '' : what), tone: 'mute' }) },
    { title: 'in', of: agentOf },
    { title: 'at', figure: true, of: ({ startUs }) => clock(startUs - originUs) },
    { title: 'time', figure: true, of: ({ totalUs }) => duration(totalUs) },
  ];
}

export function slowestTable({ slowest, report: { run } }: Digest, most: number): DigestTable | undefined {
  const longest = Math.max(1, slowest[0]?.selfUs ?? 0);
  return tableOf<NotableSpan>(
    'slowest',
    'Slowest spans',
    slowest,
    [
      ...spanColumns(run.startUs),
      {
        title: 'self',
        figure: true,
        of: ({ selfUs }) => ({ text: duration(selfUs), share: selfUs / longest }),
      },
    ],
    { most, rest: () => '', note: 'By self time: what no span below explains.' },
  );
}

export function dearestTable({ dearest, report: { run } }: Digest, most: number): DigestTable | undefined {
  const highest = Math.max(Number.MIN_VALUE, dearest[0]?.costUsd ?? 0);
  return tableOf<NotableSpan>(
    'dearest',
    'Dearest spans',
    dearest,
    [
      ...spanColumns(run.startUs),
      { title: 'tokens', figure: true, of: ({ tokens }) => unless0(tokens) },
      {
        title: 'cost',
        figure: true,
        of: ({ costUsd }) => ({
          text: costUsd === null ? 'unknown' : moneyAtLeast(costUsd, 0),
          share: (costUsd ?? 0) / highest,
        }),
      },
    ],
    { most, rest: () => '', note: 'By what they cost; by tokens where no price is known.' },
  );
}
