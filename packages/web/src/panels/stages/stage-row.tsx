// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of 10 000 stages cannot be a <table>, which lays out all of them.
import type { StageRow as Stage, StageSums } from '@tacho/trace/analysis/stage-table';
import type { ReactNode } from 'react';
import { StatusIcon } from '../status.tsx';
import type { StageColumn } from './stage-columns.tsx';
import { lookOf, noteOf } from './stage-figures.ts';
import css from './stages.module.css';

export const ROW_PX = 30;
const INDENT_PX = 14;
/** Deeper levels are not moved further to the right: names must stay in sight. */
const DEEPEST_INDENT = 12;

type Placed = { index: number; topPx: number; columns: readonly StageColumn[] };

/** One stage. */
export function StageRow({
  stage,
  running,
  selected,
  onSelect,
  index,
  topPx,
  columns,
}: Placed & { stage: Stage; running: boolean; selected: boolean; onSelect: () => void }) {
  const look = lookOf(stage, running);
  const name = stage.name || '(unnamed)';
  const note = noteOf(stage);
  const begun = stage.no >= 0;
  return (
    <div
      {...(begun && { id: `stage-${stage.no}`, onClick: onSelect })}
      className={css.row}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-level={stage.depth + 1}
      aria-selected={selected}
      data-look={look}
      style={{ height: ROW_PX, transform: `translateY(${topPx}px)` }}
    >
      <span
        role="rowheader"
        tabIndex={-1}
        className={css.name}
        style={{ paddingLeft: Math.min(stage.depth, DEEPEST_INDENT) * INDENT_PX }}
        title={note === '' ? name : `${name}\n${note}`}
      >
        <StatusIcon status={look} />
        <span className={css.label}>{name}</span>
        {note !== '' && <span className={css.note}>{note}</span>}
      </span>
      <Cells columns={columns} of={(column) => column.of(stage)} words={(column) => column.words?.(stage)} />
    </div>
  );
}

/** What belongs to no stage. */
export function OutsideRow({ sums, index, topPx, columns }: Placed & { sums: StageSums }) {
  return (
    <div
      className={css.row}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-level={1}
      data-look="outside"
      style={{ height: ROW_PX, transform: `translateY(${topPx}px)` }}
    >
      <span role="rowheader" tabIndex={-1} className={css.name}>
        <span className={css.label}>outside of stages</span>
      </span>
      <Cells columns={columns} of={(column) => column.outside?.(sums)} />
    </div>
  );
}

export function Cells({
  columns,
  of,
  words,
}: {
  columns: readonly StageColumn[];
  of: (column: StageColumn) => ReactNode;
  words?: (column: StageColumn) => string | undefined;
}) {
  return columns.map((column) => (
    <span
      key={column.id}
      role="gridcell"
      tabIndex={-1}
      className={css.cell}
      data-column={column.id}
      data-from={column.from}
      data-left={column.left}
      title={words?.(column)}
    >
      {of(column)}
    </span>
  ));
}
