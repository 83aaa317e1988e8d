import { plainLine } from '@tacho/trace/model/plain-text';
import { FileDiff, X } from 'lucide-react';
import { useAtom } from '../../state/atom.ts';
import { clearMarks, diffOf, MOST_MARKED, markedRuns } from '../../state/marked-runs.ts';
import { Button } from '../../ui/button.tsx';
import { counted } from '../../ui/format.ts';
import { Link } from '../shell/link.tsx';
import css from './marked.module.css';

/** What can be done with the runs that are marked. */
export function MarkedBar() {
  const marks = useAtom(markedRuns);
  const { runs, refused } = marks;
  if (runs.length === 0) return null;
  return (
    <section className={css.bar} aria-label="Marked runs">
      <span role="status" title={runs.map(({ name }) => plainLine(name)).join('\n')}>
        <b>{counted(runs.length, 'run')} marked</b>
        {refused ? (
          <span className={css.note}>A diff has two sides: take one away first</span>
        ) : (
          runs.length < MOST_MARKED && <span className={css.note}>mark one more, or choose it there</span>
        )}
      </span>
      <Link className={css.diff} to={diffOf(marks)}>
        <FileDiff size={14} aria-hidden="true" /> {runs.length < MOST_MARKED ? 'Diff with …' : 'Diff'}
      </Link>
      <Button look="quiet" onClick={clearMarks}>
        <X size={14} aria-hidden="true" /> Clear
      </Button>
    </section>
  );
}
