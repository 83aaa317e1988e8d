import { useEffect, useState } from 'react';
import { useAtom } from '../../state/atom.ts';
import { behindUs, live, livePhase } from '../../state/live.ts';
import { Tip } from '../../ui/tooltip.tsx';
import css from './shell.module.css';

/** The figure changes at most once a second: faster, it cannot be read. */
function useCalmBehind(): number | undefined {
  const [shown, setShown] = useState(behindUs.get());
  useEffect(() => {
    const timer = setInterval(() => setShown(behindUs.get()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return shown;
}

const EXPLAIN = {
  connecting: 'Connecting to the Tacho server.',
  live: 'The page follows the server. The figure is the age of the newest update when it arrived.',
  reconnecting:
    'The connection is lost. The page tries again by itself and then catches up; click to try now.',
} as const;

export function LiveBadge() {
  const phase = useAtom(livePhase);
  const behind = useCalmBehind();
  const text =
    phase === 'live'
      ? behind === undefined
        ? 'live'
        : `live · ${(behind / 1e6).toFixed(1)} s behind`
      : phase === 'connecting'
        ? 'connecting …'
        : 'reconnecting …';
  return (
    <Tip text={EXPLAIN[phase]}>
      <button
        type="button"
        className={`${css.chip} ${css.live}`}
        data-live-phase={phase}
        onClick={() => live().retry()}
      >
        <i className={css.dot} data-phase={phase} />
        {text}
      </button>
    </Tip>
  );
}
