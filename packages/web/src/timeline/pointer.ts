import type { Area } from './area.ts';
import type { Band } from './arrange.ts';
import type { TimelineEngine } from './engine.ts';
import { HEAD_PX, minimapRange } from './frame.ts';
import {
  CLICK_PX,
  CURSORS,
  type DragIntent,
  intentOf,
  pinched,
  wheelIntent,
  type Zone,
  zoneAt,
} from './gestures.ts';
import type { Hit } from './hit.ts';
import { panned, type TimelineView, usAt, wholeView, zoomed } from './view.ts';

export type PointerEvents = {
  readonly onSelect: (no: number | null) => void;
  readonly onArea: (area: Area | null) => void;
  /** A name at the left was clicked. */
  readonly onBand: (band: Band) => void;
  readonly onHover: (hover: Hover | null) => void;
};

/** What to tell about the thing under the pointer, and where (pixels from the canvas's corner). */
export type Hover = { readonly x: number; readonly y: number } & (
  | { readonly kind: 'span'; readonly no: number; readonly merged: number }
  | { readonly kind: 'lane'; readonly name: string }
);

type Drag = {
  readonly intent: DragIntent;
  readonly zone: Zone;
  readonly x: number;
  readonly y: number;
  readonly scrollTop: number;
  readonly view: TimelineView;
  readonly gutterPx: number;
  readonly touch: boolean;
  moved: boolean;
};

/** Turns pointers, wheels and fingers into what the engine does. Returns the function that lets go again. */
export function bindPointer(canvas: HTMLElement, engine: TimelineEngine, events: PointerEvents): () => void {
  const pointers = new Map<number, number>();
  let drag: Drag | undefined;
  let pinch: { view: TimelineView; start: readonly [number, number] } | undefined;
  let space = false;
  /** Where the pointer is while it is over the canvas. */
  let last: { readonly x: number; readonly y: number } | undefined;
  const off = new AbortController();
  const listen = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    handle: (event: HTMLElementEventMap[Name]) => void,
    options: AddEventListenerOptions = {},
  ): void => canvas.addEventListener(name, handle, { ...options, signal: off.signal });
  const at = (event: MouseEvent): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const rowsY = (y: number): number => y - HEAD_PX + engine.frameNow()!.scrollTop;
  const timeAt = (x: number, view = engine.shown): number => usAt(view, engine.widthPx, x - engine.gutterPx);

  const point = (x: number, y: number): void => {
    const frame = engine.frameNow();
    if (!frame) return;
    last = { x, y };
    const zone = zoneAt(frame, x, y);
    const hit = y >= HEAD_PX ? engine.hit(x, y) : ({ kind: 'nothing' } as const);
    canvas.style.cursor =
      zone === 'rows' && hit.kind === 'span' ? 'pointer' : space && zone === 'rows' ? 'grab' : CURSORS[zone];
    engine.cursorX = x >= engine.gutterPx ? x - engine.gutterPx : null;
    engine.pointerY = y;
    engine.hovered = zone === 'rows' && hit.kind === 'span' ? hit.no : null;
    const own = engine.bandAt(y);
    engine.hoveredBand = own ? engine.arrangement.bands.indexOf(own) : -1;
    events.onHover(hoverOf(zone, x, y, own, hit));
    engine.pointed();
  };
  const hoverOf = (zone: Zone, x: number, y: number, band: Band | undefined, hit: Hit): Hover | null => {
    const scene = engine.scene;
    if (!scene) return null;
    if (zone === 'rows' && hit.kind === 'span') return { ...hit, x, y };
    if (zone !== 'gutter' || !band) return null;
    const name =
      band.kind === 'stage'
        ? scene.columns.strings[scene.columns.name[band.stage]!]!
        : scene.layout.lanes[band.lane]!.name;
    return engine.isCut(name) ? { kind: 'lane', name, x, y } : null;
  };

  engine.onScroll = () => {
    if (last && !drag && !pinch) point(last.x, last.y);
  };
  const leave = (): void => {
    last = undefined;
    engine.cursorX = null;
    engine.pointerY = null;
    engine.hovered = null;
    engine.hoveredBand = -1;
    events.onHover(null);
    engine.pointed();
  };

  const begin = (event: PointerEvent): void => {
    const { x, y } = at(event);
    const frame = engine.frameNow();
    if (!frame) return;
    pointers.set(event.pointerId, x);
    canvas.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
    if (pointers.size === 2) {
      const [one, two] = [...pointers.values()];
      pinch = { view: engine.shown, start: [one! - engine.gutterPx, two! - engine.gutterPx] };
      drag = undefined;
      return;
    }
    const zone = zoneAt(frame, x, y);
    const touch = event.pointerType === 'touch';
    const intent = intentOf({ zone, button: event.button, shift: event.shiftKey, space, touch });
    drag = {
      intent,
      zone,
      x,
      y,
      touch,
      scrollTop: frame.scrollTop,
      view: engine.shown,
      gutterPx: engine.gutterPx,
      moved: false,
    };
    if (zone === 'minimap' && intent === 'view-move') {
      centre(x);
      drag = { ...drag, view: engine.shown };
    }
  };
  const centre = (x: number): void => {
    const frame = engine.frameNow()!;
    const us = usAt(minimapRange(frame), engine.widthPx, x - engine.gutterPx);
    const { fromUs, toUs } = engine.shown;
    engine.setView(panned(engine.shown, us - (fromUs + toUs) / 2, engine.run));
  };

  const move = (event: PointerEvent): void => {
    const { x, y } = at(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, x);
    if (pinch && pointers.size >= 2) {
      const [one, two] = [...pointers.values()];
      const range = pinched(pinch.view, engine.widthPx, pinch.start, [
        one! - engine.gutterPx,
        two! - engine.gutterPx,
      ]);
      engine.setView(zoomed(range, 1, range.fromUs, engine.run));
      return;
    }
    if (!drag) {
      point(x, y);
      return;
    }
    const limit = drag.touch ? CLICK_PX.touch : CLICK_PX.mouse;
    drag.moved ||= Math.hypot(x - drag.x, y - drag.y) > limit;
    if (drag.moved) dragTo(drag, x, y);
  };

  const dragTo = (from: Drag, x: number, y: number): void => {
    const { view, intent } = from;
    const usPerPx = (view.toUs - view.fromUs) / engine.widthPx;
    const frame = engine.frameNow()!;
    events.onHover(null);
    engine.cursorX = x >= engine.gutterPx ? x - engine.gutterPx : null;
    const map = minimapRange(frame);
    const mapUs = ((x - from.x) / engine.widthPx) * (map.toUs - map.fromUs);
    if (intent === 'pan') {
      canvas.style.cursor = 'grabbing';
      engine.setView(panned(view, (from.x - x) * usPerPx, engine.run));
      if (!from.touch) engine.scrollTo(from.scrollTop + from.y - y);
    } else if (intent === 'resize-gutter') engine.setGutter(from.gutterPx + x - from.x);
    else if (intent === 'view-move') engine.setView(panned(view, mapUs, engine.run));
    else if (intent === 'view-left') {
      const fromUs = Math.min(view.fromUs + mapUs, view.toUs - 1);
      engine.setView(zoomed({ fromUs, toUs: view.toUs }, 1, fromUs, engine.run));
    } else if (intent === 'view-right') {
      const toUs = Math.max(view.toUs + mapUs, view.fromUs + 1);
      engine.setView(zoomed({ fromUs: view.fromUs, toUs }, 1, toUs, engine.run));
    } else if (intent === 'area' || intent === 'time') {
      const clampX = Math.max(x, engine.gutterPx);
      const [fromUs, toUs] = [timeAt(from.x), timeAt(clampX)].sort((a, b) => a - b);
      const startY = from.y - HEAD_PX + from.scrollTop;
      const [top, bottom] =
        intent === 'time' ? [0, engine.arrangement.heightPx] : [startY, rowsY(y)].sort((a, b) => a - b);
      engine.rubber = { fromUs: fromUs!, toUs: toUs!, top: top!, bottom: bottom! };
      engine.pointed();
    }
  };

  const end = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    if (pinch) {
      if (pointers.size < 2) pinch = undefined;
      return;
    }
    const done = drag;
    drag = undefined;
    if (!done) return;
    const { x, y } = at(event);
    const { rubber } = engine;
    engine.rubber = null;
    if (done.moved) {
      if (rubber) events.onArea(engine.areaOf(rubber));
      engine.pointed();
      if (!done.touch) point(x, y);
      return;
    }
    if (event.button === 0) click(done, x, y);
  };

  const click = (from: Drag, x: number, y: number): void => {
    if (from.zone === 'rows') {
      const hit = engine.hit(x, y);
      if (hit.kind === 'span') events.onSelect(hit.no);
      else if (engine.area) events.onArea(null);
      else events.onSelect(null);
    } else if (from.zone === 'gutter' && y >= HEAD_PX) {
      const band = engine.bandAt(y);
      if (band) events.onBand(band);
    } else if (from.zone === 'ruler') events.onArea(null);
  };

  listen('pointerdown', begin);
  listen('pointermove', move);
  listen('pointerup', end);
  listen('pointercancel', (event) => {
    pointers.delete(event.pointerId);
    pinch = undefined;
    drag = undefined;
    engine.rubber = null;
    engine.pointed();
  });
  listen('pointerleave', () => {
    if (!drag) leave();
  });
  listen('dblclick', (event) => {
    const { x, y } = at(event);
    const frame = engine.frameNow();
    if (!frame) return;
    const hit = engine.hit(x, y);
    if (zoneAt(frame, x, y) === 'rows' && hit.kind === 'span') engine.fit(hit.no);
    else if (y < HEAD_PX) engine.setView(wholeView(engine.run, frame.scene.live), true);
  });
  // Not passive: ctrl+wheel would zoom the page.
  listen(
    'wheel',
    (event) => {
      const intent = wheelIntent({
        deltaX: event.deltaX,
        deltaY: event.deltaY,
        deltaMode: event.deltaMode,
        ctrl: event.ctrlKey || event.metaKey,
        shift: event.shiftKey,
      });
      if (intent.kind === 'scroll') return;
      event.preventDefault();
      const { x, y } = at(event);
      const { shown, widthPx } = engine;
      if (intent.kind === 'zoom')
        engine.setView(zoomed(shown, intent.factor, timeAt(Math.max(x, engine.gutterPx)), engine.run));
      else engine.setView(panned(shown, (intent.px * (shown.toUs - shown.fromUs)) / widthPx, engine.run));
      point(x, y);
    },
    { passive: false },
  );
  listen('keydown', (event) => {
    if (event.key !== ' ') return;
    space = true;
    event.preventDefault();
  });
  listen('keyup', (event) => {
    if (event.key === ' ') space = false;
  });
  return () => {
    off.abort();
    engine.onScroll = undefined;
  };
}
