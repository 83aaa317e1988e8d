// biome-ignore-all lint/a11y/useSemanticElements: see the table.
import { ChevronRight } from 'lucide-react';
import { compact, duration, grouped, money } from '../../ui/format.ts';
import { type Fold, foldDelta, type Lines, type Mark } from './aligned-rows.ts';
import css from './diff.module.css';
import { indentOf } from './step-row.tsx';
import { signed } from './step-words.ts';

const WORDS: Record<Mark, string> = {
  same: 'equal steps',
  changed: 'changed steps',
  removed: 'more steps, only left',
  added: 'more steps, only right',
};

/** Steps that nobody has to read: one row for all of them. */
export function FoldRow({
  fold,
  lines,
  index,
  topPx,
  heightPx,
  selected,
  onTurn,
}: {
  fold: Fold;
  lines: Lines;
  index: number;
  topPx: number;
  heightPx: number;
  selected: boolean;
  onTurn: () => void;
}) {
  const { us, tokens, costUsd } = foldDelta(lines, fold);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid handles all keys; rows are its descendants.
    <div
      id={`fold-${fold.from}`}
      className={`${css.row} ${css.fold}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-level={fold.depth + 1}
      aria-expanded={fold.open}
      aria-selected={selected}
      style={{ height: heightPx, transform: `translateY(${topPx}px)` }}
      onClick={onTurn}
    >
      <span role="gridcell" tabIndex={-1} data-column="mark" />
      <span
        role="rowheader"
        tabIndex={-1}
        data-column="step"
        className={css.step}
        style={{ paddingLeft: indentOf(fold.depth) }}
      >
        <ChevronRight size={14} className={css.twist} data-open={fold.open || undefined} aria-hidden="true" />
        <span className={css.label}>
          … {grouped(fold.to - fold.from)} {WORDS[fold.mark]}
        </span>
      </span>
      <span role="gridcell" tabIndex={-1} data-column="differs" />
      <span role="gridcell" tabIndex={-1} data-column="sides" />
      <span role="gridcell" tabIndex={-1} data-column="time" title="The sum of the outermost steps in it">
        {us === 0 ? '' : signed(us, duration)}
      </span>
      <span role="gridcell" tabIndex={-1} data-column="tokens">
        {tokens === 0 ? '' : signed(tokens, compact)}
      </span>
      <span role="gridcell" tabIndex={-1} data-column="cost">
        {costUsd === null || costUsd === 0 ? '' : signed(costUsd, money)}
      </span>
      <span role="gridcell" tabIndex={-1} data-column="open" />
    </div>
  );
}
