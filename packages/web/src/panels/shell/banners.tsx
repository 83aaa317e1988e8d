import { useEffect, useState } from 'react';
import { useAtom } from '../../state/atom.ts';
import { openedItself, setOpensNewest } from '../../state/auto-open.ts';
import { live, livePhase } from '../../state/live.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/notice.tsx';
import { Link } from './link.tsx';
import css from './shell.module.css';

/** A reconnect that takes no longer than this is not worth a banner that moves the page. */
const PATIENCE_MS = 2_000;

export function Banners() {
  const phase = useAtom(livePhase);
  const opened = useAtom(openedItself);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (phase !== 'reconnecting') {
      setGone(false);
      return;
    }
    const timer = setTimeout(() => setGone(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [phase]);
  return (
    <>
      {gone && (
        <Banner tone="warn">
          <span>
            <b>The Tacho server does not answer.</b> What you see is what was known last. The page catches up
            by itself as soon as the server is back (<code>npx tacho serve</code>).
          </span>
          <Button onClick={() => live().retry()}>Try now</Button>
        </Banner>
      )}
      {opened !== undefined && (
        <Banner tone="info">
          <span>This run opened itself, being the newest. It stays as soon as you click or press a key.</span>
          <Link to={{ page: 'runs', filters: {} }}>All runs</Link>
          <button type="button" className={css.textButton} onClick={() => setOpensNewest(false)}>
            Do not open runs by themselves
          </button>
        </Banner>
      )}
    </>
  );
}
