import { useAtom } from '../../state/atom.ts';
import { opensNewest, setOpensNewest } from '../../state/auto-open.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Keys } from '../../ui/kbd.tsx';
import css from './shell.module.css';

const GROUPS: readonly { title: string; keys: readonly { keys: readonly string[]; does: string }[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      { keys: ['/'], does: 'Search' },
      { keys: ['?'], does: 'This list' },
      { keys: ['Esc'], does: 'Close details, clear a search' },
    ],
  },
  {
    title: 'Runs',
    keys: [
      { keys: ['j', 'k'], does: 'Next, previous run' },
      { keys: ['Enter'], does: 'Open the run' },
      { keys: ['Home', 'End'], does: 'First, last run' },
      { keys: ['x'], does: 'Mark the run for a diff' },
    ],
  },
  {
    title: 'A run',
    keys: [
      { keys: ['1', '2', '3', '…'], does: 'The views, as their tabs stand' },
      { keys: ['u'], does: 'Back to all runs' },
    ],
  },
  {
    title: 'Timeline',
    keys: [
      { keys: ['W', 'S'], does: 'Zoom in, out' },
      { keys: ['A', 'D'], does: 'Move left, right' },
      { keys: ['F'], does: 'Fit the selection' },
      { keys: ['End'], does: 'Follow what is happening now' },
    ],
  },
  {
    title: 'Tree',
    keys: [
      { keys: ['↑', '↓'], does: 'Move' },
      { keys: ['→', '←'], does: 'Expand, collapse; to child, to parent' },
      { keys: ['*'], does: 'Expand everything beside it' },
    ],
  },
  {
    title: 'Diff',
    keys: [
      { keys: ['j', 'k'], does: 'Next, previous step' },
      { keys: ['n', 'p'], does: 'Next, previous change' },
      { keys: ['→', '←'], does: 'Open, close folded steps' },
      { keys: ['Enter'], does: 'Open the step in the right run' },
      { keys: ['⇧ Enter'], does: 'Open the step in the left run' },
    ],
  },
];

export function Shortcuts({ open, onClose }: { open: boolean; onClose: () => void }) {
  const on = useAtom(opensNewest);
  return (
    <Dialog title="Keyboard shortcuts" open={open} onClose={onClose}>
      <div className={css.groups}>
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            {group.keys.map((entry) => (
              <div key={entry.does} className={css.shortcut}>
                <span>{entry.does}</span>
                <Keys keys={entry.keys} />
              </div>
            ))}
          </section>
        ))}
      </div>
      <label className={css.switch}>
        <input type="checkbox" checked={on} onChange={(event) => setOpensNewest(event.target.checked)} />
        On the start page, open the newest live run by itself until I pick one
      </label>
    </Dialog>
  );
}
