import { QUALITY_CODES, type QualityNote } from '@tacho/trace/model/quality';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { compact, counted } from '../../ui/format.ts';
import { Pop } from '../../ui/popover.tsx';
import css from './run.module.css';

/** Whether the data of the run can be trusted, and what is wrong with it where it cannot. */
export function QualityBadge({ notes }: { notes: readonly QualityNote[] }) {
  const Icon = notes.length === 0 ? ShieldCheck : ShieldAlert;
  return (
    <Pop
      label="Data quality"
      trigger={
        <button type="button" className={css.quality} data-doubts={notes.length > 0 || undefined}>
          <Icon size={13} />
          {notes.length === 0 ? 'data complete' : counted(notes.length, 'data note')}
        </button>
      }
    >
      <h2 className={css.popTitle}>Data quality</h2>
      {notes.length === 0 ? (
        <p className={css.mute}>Nothing in what was recorded is missing, doubled or contradicts itself.</p>
      ) : (
        <ul className={css.notes}>
          {notes.map((note) => (
            <li key={note.code}>
              <b>{compact(note.count)}×</b>
              <span>
                {QUALITY_CODES[note.code] ?? note.code}
                {note.example !== undefined && <code>{note.example}</code>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Pop>
  );
}
