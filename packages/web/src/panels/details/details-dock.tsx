import { type ReactNode, useState } from 'react';
import type { OpenRun } from '../../state/open-run.ts';
import type { RunPlace } from '../../state/url.ts';
import { Resizer } from '../../ui/resizer.tsx';
import type { Analyses } from '../run/analyses.ts';
import css from './details.module.css';
import { DetailsDrawer } from './details-drawer.tsx';

const KEY = 'tacho.drawerPx';
const MIN_PX = 300;
const MAX_PX = 900;

function storedWidth(): number {
  try {
    const stored = Number(localStorage.getItem(KEY));
    return stored >= MIN_PX && stored <= MAX_PX ? stored : 380;
  } catch {
    return 380;
  }
}

/** A view of the run, and at its right, while a span is selected, the details of that span. */
export function DetailsDock({
  place,
  run,
  analyses,
  children,
}: {
  place: RunPlace;
  run: OpenRun;
  analyses: Analyses;
  children: ReactNode;
}) {
  const [widthPx, setWidthPx] = useState(storedWidth);
  const { span } = place;
  const open = span !== undefined && span < analyses.columns.count;
  const resize = (px: number): void => {
    setWidthPx(px);
    try {
      localStorage.setItem(KEY, String(px));
    } catch {
      // Storage is switched off: the width holds for this page.
    }
  };
  return (
    <div className={css.dock}>
      <div className={css.view}>{children}</div>
      {open && (
        <>
          <Resizer value={widthPx} min={MIN_PX} max={MAX_PX} label="Width of the details" onChange={resize} />
          <DetailsDrawer
            key={run.runId}
            place={place}
            no={span}
            runId={run.runId}
            analyses={analyses}
            widthPx={widthPx}
          />
        </>
      )}
    </div>
  );
}
