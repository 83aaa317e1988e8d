import { atom } from './atom.ts';
import { liveRuns } from './live-runs.ts';
import { go, onPlace, place } from './location.ts';

const KEY = 'tacho.opensNewest';

/** Whether the newest live run opens itself on the start page. A person's setting, kept. */
export const opensNewest = atom(stored());
/** The run on the page opened itself; cleared by the first thing the person picks. */
export const openedItself = atom<string | undefined>(undefined);

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'no';
  } catch {
    return true;
  }
}

export function setOpensNewest(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'no');
  } catch {
    // Storage is switched off: holds for this page.
  }
  opensNewest.set(on);
}

/** The person has done something on the page: from here on it stays where they put it. */
let picked = false;
export function pick(): void {
  picked = true;
  openedItself.set(undefined);
}

function consider(): void {
  if (picked || !opensNewest.get()) return;
  const at = place();
  const newest = liveRuns.get().find((run) => run.endedUs === undefined)?.summary.runId;
  if (newest === undefined) return;
  if (at.page === 'home') {
    openedItself.set(newest);
    go({ page: 'run', runId: newest, tab: 'timeline' });
  } else if (at.page === 'run' && at.runId === openedItself.get() && at.runId !== newest) {
    // It stays with a run that is still going: of several runs in parallel, none may tear the page away from another.
    const shown = liveRuns.get().find((run) => run.summary.runId === at.runId);
    if (shown !== undefined && shown.endedUs === undefined) return;
    openedItself.set(newest);
    go({ page: 'run', runId: newest, tab: 'timeline' }, 'replace');
  }
}

/** Starts to watch for a newest run. Any key or press counts as picking; moving the pointer does not. */
export function startAutoOpen(): void {
  const touched = (event: Event): void => {
    if (event.isTrusted) pick();
  };
  addEventListener('pointerdown', touched, { capture: true });
  addEventListener('keydown', touched, { capture: true });
  addEventListener('wheel', touched, { capture: true, passive: true });
  liveRuns.subscribe(consider);
  onPlace(() => {
    const at = place();
    if (at.page !== 'run' || at.runId !== openedItself.get()) openedItself.set(undefined);
  });
  consider();
}
