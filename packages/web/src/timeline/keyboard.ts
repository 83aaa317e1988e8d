import type { TimelineEngine } from './engine.ts';
import { commandOf, HELD, type TimelineCommand } from './keys.ts';
import { type Step, stepFrom } from './navigate.ts';
import { fitted, followed, panned, wholeView, zoomed } from './view.ts';

export type KeyboardEvents = {
  readonly onSelect: (no: number | null) => void;
  readonly onOpen: (no: number) => void;
  /** Escape: the area first, then the selection. False: there was nothing to clear. */
  readonly onClear: () => boolean;
  readonly onFlame: (no: number) => void;
  readonly onFold: (no: number) => void;
  readonly onPath: () => void;
};

/** A held key doubles or halves the zoom in this time, and pans by a window's width. */
const ZOOM_MS = 350;
const PAN_MS = 900;
const STEP_FACTOR = 1.6;

/** Keys on the canvas. Returns the function that lets go again. */
export function bindKeyboard(
  canvas: HTMLElement,
  engine: TimelineEngine,
  events: KeyboardEvents,
): () => void {
  const held = new Set<TimelineCommand>();
  const off = new AbortController();

  engine.onFrame = (elapsedMs) => {
    if (held.size === 0) return false;
    const { shown, run } = engine;
    const zoom = (held.has('zoom-out') ? 1 : 0) - (held.has('zoom-in') ? 1 : 0);
    const pan = (held.has('pan-right') ? 1 : 0) - (held.has('pan-left') ? 1 : 0);
    let view = shown;
    if (zoom !== 0) view = zoomed(view, 2 ** ((zoom * elapsedMs) / ZOOM_MS), pivot(), run);
    if (pan !== 0) view = panned(view, ((view.toUs - view.fromUs) * pan * elapsedMs) / PAN_MS, run);
    engine.setView(view);
    return true;
  };
  const pivot = (): number => {
    const { shown, widthPx, cursorX } = engine;
    const share = cursorX === null ? 0.5 : cursorX / widthPx;
    return shown.fromUs + share * (shown.toUs - shown.fromUs);
  };

  const step = (to: Step): boolean => {
    const { scene, arrangement, selected } = engine;
    if (!scene) return false;
    const no = stepFrom({ ...scene, arrangement }, selected, to);
    if (no === null) return true;
    events.onSelect(no);
    engine.reveal(no);
    return true;
  };

  const zoomStep = (factor: number): boolean => {
    engine.setView(zoomed(engine.view, factor, pivot(), engine.run), true);
    return true;
  };

  const withSelection = (run: (no: number) => void): boolean => {
    if (engine.selected === null) return false;
    run(engine.selected);
    return true;
  };

  const everything = (): boolean => {
    engine.setView(wholeView(engine.run, engine.scene?.live ?? false), true);
    return true;
  };

  const actions: Record<TimelineCommand, () => boolean> = {
    'zoom-in': () => true,
    'zoom-out': () => true,
    'pan-left': () => true,
    'pan-right': () => true,
    'step-in': () => zoomStep(1 / STEP_FACTOR),
    'step-out': () => zoomStep(STEP_FACTOR),
    fit: () => {
      if (engine.area) engine.setView(fitted(engine.area, engine.run), true);
      else if (engine.selected !== null) engine.fit(engine.selected);
      else everything();
      return true;
    },
    everything,
    start: () => {
      const { fromUs, toUs } = engine.view;
      engine.setView(
        panned(engine.view, engine.run.fromUs - fromUs - (toUs - fromUs) * 0.01, engine.run),
        true,
      );
      return true;
    },
    now: () => {
      goToEnd(engine);
      return true;
    },
    next: () => step('next'),
    previous: () => step('previous'),
    parent: () => step('parent'),
    child: () => step('child'),
    'next-error': () => step('next-error'),
    'previous-error': () => step('previous-error'),
    open: () => withSelection(events.onOpen),
    flame: () => withSelection(events.onFlame),
    fold: () => withSelection(events.onFold),
    path: () => {
      events.onPath();
      return true;
    },
    clear: () => events.onClear(),
  };

  canvas.addEventListener(
    'keydown',
    (event) => {
      const { key, shiftKey: shift, altKey: alt } = event;
      const command = commandOf({ key, shift, ctrl: event.ctrlKey || event.metaKey, alt });
      if (!command || !actions[command]()) return;
      event.preventDefault();
      event.stopPropagation();
      if (!HELD.has(command)) return;
      held.add(command);
      engine.wake();
    },
    { signal: off.signal },
  );
  // A key may come up with another modifier than it went down with: both of its commands end.
  canvas.addEventListener(
    'keyup',
    (event) => {
      for (const shift of [false, true]) {
        const command = commandOf({ key: event.key, shift, ctrl: false, alt: false });
        if (command) held.delete(command);
      }
    },
    { signal: off.signal },
  );
  canvas.addEventListener('blur', () => held.clear(), { signal: off.signal });
  return () => {
    off.abort();
    engine.onFrame = undefined;
  };
}

/** The end of a finished run; of a live one, now, and along with it. */
export function goToEnd(engine: TimelineEngine): void {
  const { view, run, scene } = engine;
  if (scene?.live) engine.setView(followed(view, run), true);
  else engine.setView(panned(view, run.toUs - view.toUs + (view.toUs - view.fromUs) * 0.02, run), true);
}
