import type { SpanColumns } from '@tacho/trace/model/columns';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type EngineEvents, TimelineEngine } from './engine.ts';
import type { Scene, TimelineHeader } from './scene.ts';

export type SurfaceRefs = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly sizer: RefObject<HTMLDivElement | null>;
  readonly picture: RefObject<HTMLCanvasElement | null>;
  readonly overlay: RefObject<HTMLCanvasElement | null>;
};

/** An engine on these elements, as large as the scroller, in the colours of the page's theme. */
export function useEngine(
  refs: SurfaceRefs,
  nowUs: () => number,
  events: EngineEvents,
): TimelineEngine | undefined {
  const [engine, setEngine] = useState<TimelineEngine>();
  const latest = useRef({ nowUs, events });
  latest.current = { nowUs, events };
  const { scroller, sizer, picture, overlay } = refs;
  useLayoutEffect(() => {
    const surface = {
      scroller: scroller.current!,
      sizer: sizer.current!,
      picture: picture.current!,
      overlay: overlay.current!,
    };
    const made = new TimelineEngine(surface, () => latest.current.nowUs(), {
      onView: (view) => latest.current.events.onView(view),
      onFollow: (follow) => latest.current.events.onFollow(follow),
    });
    const measure = (): void =>
      made.resize(
        surface.scroller.clientWidth,
        surface.scroller.clientHeight,
        Math.min(devicePixelRatio || 1, 3),
      );
    const sizes = new ResizeObserver(measure);
    sizes.observe(surface.scroller);
    const themes = new MutationObserver(() => made.retheme());
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const off = new AbortController();
    surface.scroller.addEventListener('scroll', () => made.scrolled(), { signal: off.signal });
    watchRatio(measure, off.signal);
    measure();
    setEngine(made);
    return () => {
      off.abort();
      sizes.disconnect();
      themes.disconnect();
      made.destroy();
    };
  }, [scroller, sizer, picture, overlay]);
  return engine;
}

/** Moving the window to a screen with other pixels changes no size that an observer would see. */
function watchRatio(changed: () => void, signal: AbortSignal): void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  query.addEventListener(
    'change',
    () => {
      changed();
      watchRatio(changed, signal);
    },
    { once: true, signal },
  );
}

/** News comes ten times a second at most: a little less than that apart, or every second piece would wait for the next. */
const LEAST_MS = 80;
/** A large run is arranged anew less often, so that at most a fifth of the time goes into it. */
const COST_FACTOR = 5;
/** A stall is when nothing comes: a live run is looked at again this often without being told. */
const SILENCE_MS = 3000;

type Pace = { engine: TimelineEngine | undefined; atMs: number; waitMs: number; status: string };

/** Gives the engine every version of the run, at most ten times a second. Returns the scene that is shown. */
export function useScene(
  engine: TimelineEngine | undefined,
  columns: SpanColumns,
  version: number,
  header: TimelineHeader,
): Scene | undefined {
  const [scene, setScene] = useState<Scene>();
  const pace = useRef<Pace>({ engine: undefined, atMs: 0, waitMs: 0, status: '' });
  const { status, startUs, lastUs, usual } = header;
  const [beat, setBeat] = useState(0);
  useEffect(() => {
    if (status !== 'running') return;
    const timer = setInterval(() => setBeat((now) => now + 1), SILENCE_MS);
    return () => clearInterval(timer);
  }, [status]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the columns change in place, `version` says when.
  useEffect(() => {
    if (!engine) return;
    const update = (): void => {
      const startMs = performance.now();
      engine.setRun(columns, { status, startUs, lastUs, ...(usual && { usual }) });
      const waitMs = Math.max(LEAST_MS, (performance.now() - startMs) * COST_FACTOR);
      pace.current = { engine, atMs: startMs, waitMs, status };
      setScene(engine.scene);
    };
    const before = pace.current;
    const dueMs = before.atMs + before.waitMs - performance.now();
    if (dueMs <= 0 || before.status !== status || before.engine !== engine) {
      update();
      return;
    }
    const timer = setTimeout(update, dueMs);
    return () => clearTimeout(timer);
  }, [engine, columns, version, status, startUs, lastUs, usual, beat]);
  return scene;
}
