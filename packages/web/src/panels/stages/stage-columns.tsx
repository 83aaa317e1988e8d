import type { StageRow, StageSums, StageTable } from '@tacho/trace/analysis/stage-table';
import { cpuOf, peakMemoryOf } from '@tacho/trace/model/stage-use';
import type { ReactNode } from 'react';
import { bytes, compact, duration, grouped, moneyAtLeast, percent } from '../../ui/format.ts';
import { type BarScale, SpanBar } from '../span-bar.tsx';
import { statusWord } from '../status.tsx';
import { cpuWords, figuresIn, lengthOf, lookOf, memoryWords, shareIn, timeText } from './stage-figures.ts';

/** How much room the table has to have before a column comes into it. */
export type Room = 'narrow' | 'middle' | 'wide';

/** What all rows of the table are drawn with. */
export type StageView = {
  table: StageTable;
  running: boolean;
  nowUs: number;
  scale: BarScale;
};

export type StageColumn = {
  id: string;
  title: string;
  /** A track of the grid. */
  track: string;
  from: Room;
  left?: true;
  /** Explains the title. */
  help?: string;
  of: (row: StageRow) => ReactNode;
  /** Explains one row's figure. */
  words?: (row: StageRow) => string | undefined;
  /** Of what is outside of stages; nothing where only a stage has such a figure. */
  outside?: (sums: StageSums) => ReactNode;
  total?: ReactNode;
  totalWords?: string;
};

const cost = ({ tokens, costUsd, unpriced }: StageSums): string =>
  costUsd === 0 && tokens === 0 && unpriced === 0 ? '' : moneyAtLeast(costUsd, unpriced);
const unless0 = (count: number, text: (count: number) => string): string => (count === 0 ? '' : text(count));
const percentUnless0 = (share: number | undefined): string => (share ? percent(share) : '');

/** The columns behind the name, left to right, as far as the run has anything to put in them. */
export function stageColumns({ table, running, nowUs, scale }: StageView): StageColumn[] {
  const { total } = table;
  const shown = figuresIn(table);
  const { of: whole, share } = shareIn(table, scale.wholeUs);
  const columns: (StageColumn & { shown?: boolean })[] = [
    {
      id: 'status',
      title: 'status',
      track: '76px',
      from: 'wide',
      left: true,
      of: (row) => statusWord(lookOf(row, running)),
    },
    {
      id: 'bar',
      title: 'time in the run',
      track: 'minmax(100px, 5fr)',
      from: 'middle',
      left: true,
      of: (row) => {
        const lengthUs = lengthOf(row, nowUs);
        if (row.startUs === undefined || lengthUs === undefined) return null;
        return (
          <SpanBar
            scale={scale}
            startUs={row.startUs}
            endUs={row.startUs + lengthUs}
            kind="stage"
            open={row.endUs === undefined}
            failed={row.status === 'error'}
          />
        );
      },
      words: ({ startUs }) =>
        startUs === undefined ? undefined : `begins ${duration(startUs - scale.fromUs)} into the run`,
    },
    {
      id: 'time',
      title: 'time',
      track: '60px',
      from: 'narrow',
      of: (row) => timeText(lengthOf(row, nowUs), row.status === 'running'),
      total: timeText(scale.wholeUs, running),
      totalWords: 'From the start of the run to its end',
    },
    {
      id: 'cpu',
      title: 'CPU',
      track: '62px',
      from: 'narrow',
      help: 'Time of the processor, user and system together, of all that the stage started',
      of: ({ use }) => duration(cpuOf(use)),
      words: (row) => cpuWords(row.use, lengthOf(row, nowUs), row.status === 'running'),
      total: `${total.cpuAtLeast ? '≥\u202f' : ''}${duration(total.cpuUs)}`,
      ...(total.cpuAtLeast && { totalWords: 'At least: a stage that has ended does not say what it used' }),
      shown: shown.cpu,
    },
    {
      id: 'memory',
      title: 'peak memory',
      track: '86px',
      from: shown.usage ? 'middle' : 'narrow',
      help: 'The most that all its processes held at one moment',
      of: ({ use }) => bytes(peakMemoryOf(use)),
      words: ({ use }) => memoryWords(use),
      total: bytes(total.peakBytes),
      totalWords: 'Of the stage that held most',
      shown: shown.memory,
    },
    {
      id: 'calls',
      title: 'calls',
      track: '52px',
      from: 'wide',
      help: 'Calls of a model, repeated ones once',
      of: ({ calls }) => unless0(calls, grouped),
      outside: ({ calls }) => unless0(calls, grouped),
      total: grouped(total.calls),
      shown: shown.calls,
    },
    {
      id: 'tokens',
      title: 'tokens',
      track: '56px',
      from: 'narrow',
      of: ({ tokens }) => unless0(tokens, compact),
      words: ({ tokens }) => unless0(tokens, grouped) || undefined,
      outside: ({ tokens }) => unless0(tokens, compact),
      total: compact(total.tokens),
      totalWords: grouped(total.tokens),
      shown: shown.usage,
    },
    {
      id: 'cost',
      title: 'cost',
      track: '68px',
      from: 'narrow',
      of: cost,
      outside: cost,
      total: moneyAtLeast(total.costUsd, total.unpriced),
      shown: shown.usage,
    },
    {
      id: 'share',
      title: `% of ${whole}`,
      track: '76px',
      from: 'wide',
      help: whole === 'cost' ? 'Share of the known cost' : `Share of the run’s ${whole}`,
      of: (row) => percentUnless0(share(row, lengthOf(row, nowUs))),
      outside: (sums) => percentUnless0(share(sums)),
    },
  ];
  return columns.filter(({ shown = true }) => shown);
}

const ROOMS: readonly Room[] = ['narrow', 'middle', 'wide'];

/** The grid's tracks for each amount of room, as variables for the style sheet to choose among. */
export function stageTracks(columns: readonly StageColumn[]): Record<`--${Room}`, string> {
  const tracks = ROOMS.map((room, at): [`--${Room}`, string] => {
    const name = room === 'narrow' ? 'minmax(84px, 1fr)' : 'minmax(180px, 4fr)';
    const those = columns.filter(({ from }) => ROOMS.indexOf(from) <= at).map(({ track }) => track);
    return [`--${room}`, [name, ...those].join(' ')];
  });
  return Object.fromEntries(tracks) as Record<`--${Room}`, string>;
}
