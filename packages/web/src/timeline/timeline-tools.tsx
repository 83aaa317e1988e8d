import { CircleHelp, Maximize2, Route, ZoomIn, ZoomOut } from 'lucide-react';
import { IconButton } from '../ui/button.tsx';
import { Keys } from '../ui/kbd.tsx';
import { Pop } from '../ui/popover.tsx';
import type { TimelineEngine } from './engine.ts';
import { TIMELINE_KEYS } from './keys.ts';
import { COLORS } from './paint.ts';
import css from './timeline.module.css';
import { wholeView, zoomed } from './view.ts';

const STEP = 1.6;

/** Buttons in the corner above the names, for those who do not know the keys. */
export function TimelineTools({
  engine,
  live,
  follow,
  path,
  onNow,
  onPath,
}: {
  engine: TimelineEngine;
  live: boolean;
  follow: boolean;
  /** The critical path is shown. */
  path: boolean;
  onNow: () => void;
  onPath: (() => void) | undefined;
}) {
  const zoom = (factor: number): void => {
    const { fromUs, toUs } = engine.view;
    engine.setView(zoomed(engine.view, factor, (fromUs + toUs) / 2, engine.run), true);
  };
  return (
    <>
      <div className={css.tools}>
        <IconButton label="Zoom out (−)" onClick={() => zoom(STEP)}>
          <ZoomOut size={15} />
        </IconButton>
        <IconButton label="Zoom in (+)" onClick={() => zoom(1 / STEP)}>
          <ZoomIn size={15} />
        </IconButton>
        <IconButton
          label="Show everything (0)"
          onClick={() => engine.setView(wholeView(engine.run, live), true)}
        >
          <Maximize2 size={14} />
        </IconButton>
        {onPath && (
          <IconButton label="Critical path (P)" aria-pressed={path} onClick={onPath}>
            <Route size={14} />
          </IconButton>
        )}
        <Pop
          label="Keys of the timeline"
          trigger={
            <button type="button" className={css.help} aria-label="Keys and colours" title="Keys and colours">
              <CircleHelp size={15} />
            </button>
          }
        >
          <TimelineHelp />
        </Pop>
      </div>
      {live && (
        <button type="button" className={css.follow} aria-pressed={follow} onClick={onNow} title="End">
          {follow ? 'following now' : 'follow now'}
        </button>
      )}
    </>
  );
}

function TimelineHelp() {
  return (
    <div className={css.helpList}>
      <ul className={css.legend}>
        {COLORS.map((color) => (
          <li key={color}>
            <i style={{ background: color === 'error' ? 'var(--error)' : `var(--kind-${color})` }} />
            {color}
          </li>
        ))}
      </ul>
      {TIMELINE_KEYS.map(({ title, entries }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl>
            {entries.map(({ keys, does }) => (
              <div key={does}>
                <dt>{does}</dt>
                <dd>
                  <Keys keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
