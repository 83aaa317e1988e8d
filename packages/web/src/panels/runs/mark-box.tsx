// biome-ignore-all lint/a11y/useSemanticElements: an input inside of a row that is a link would be followed by the link.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the table's key x marks the row that is chosen.
import type { RunSummary } from '@tacho/trace/model/summary';
import { Check } from 'lucide-react';
import { toggleMark } from '../../state/marked-runs.ts';
import css from './marked.module.css';

/** Marks a run of the list. It is seen where the row is pointed at or chosen, and wherever a run is marked. */
export function MarkBox({ run, marked }: { run: RunSummary; marked: boolean }) {
  return (
    <span role="gridcell" tabIndex={-1} className={css.cell}>
      <span
        role="checkbox"
        className={css.box}
        tabIndex={-1}
        aria-checked={marked}
        aria-label={`Mark ${run.name}`}
        title={marked ? 'No longer mark it (x)' : 'Mark it for a diff (x)'}
        onClick={(event) => {
          event.preventDefault();
          event.stopPropagation();
          toggleMark(run);
        }}
      >
        {marked && <Check size={12} strokeWidth={3} aria-hidden="true" />}
      </span>
    </span>
  );
}
