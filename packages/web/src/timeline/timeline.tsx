import type { PathSegment } from '@tacho/trace/analysis/path/critical-path';
import type { SpanColumns } from '@tacho/trace/model/columns';
import { useEffect, useMemo, useRef, useState } from 'react';
import { TAKES_KEYS } from '../ui/keys.ts';
import { type Area, spansIn } from './area.ts';
import { type AreaRow, areaFigures } from './area-rows.ts';
import { AreaTable } from './area-table.tsx';
import type { Folding } from './arrange.ts';
import { bindKeyboard, goToEnd } from './keyboard.ts';
import { bindPointer, type Hover } from './pointer.ts';
import type { TimelineHeader } from './scene.ts';
import { announce, describeScene } from './tell.ts';
import css from './timeline.module.css';
import { TimelineTip } from './timeline-tip.tsx';
import { TimelineTools } from './timeline-tools.tsx';
import { useEngine, useScene } from './use-engine.ts';
import { type TimelineView, type TimeRange, wholeView } from './view.ts';

export type TimelineProps = {
  /** The run's structure; may grow in place. Give the component the run's id as `key`. */
  columns: SpanColumns;
  /** Bumps when `columns` change. */
  version: number;
  header: TimelineHeader;
  /** Now by the server's clock, µs since the epoch. */
  nowUs: () => number;
  /** Number of the selected span. */
  selected: number | null;
  onSelect: (no: number | null) => void;
  /** Enter on a span: show its details. */
  onOpen?: ((no: number) => void) | undefined;
  /** Only these stay bright. */
  highlight?: ReadonlySet<number> | null | undefined;
  /** What decided how long the run took; drawn as a line. */
  criticalPath?: readonly PathSegment[] | undefined;
  /** Asked to show the critical path, or to hide it. */
  onTogglePath?: (() => void) | undefined;
  /** The part of time that is shown; undefined: all of it, and along with a live run. */
  view?: (TimeRange & { readonly follow?: boolean }) | undefined;
  /** Called when the view has come to rest; undefined: it shows everything. */
  onViewChange?: ((view: TimelineView | undefined) => void) | undefined;
  /** Called with the spans in a selected area, null when it is cleared. */
  onSelectArea?: ((area: (TimeRange & { readonly spans: readonly number[] }) | null) => void) | undefined;
};

/** The Gantt chart of a run: lanes by stage, live, on one canvas. */
export function Timeline(props: TimelineProps) {
  const { columns, version, header, nowUs, selected, highlight = null, criticalPath, view } = props;
  const refs = {
    scroller: useRef<HTMLDivElement>(null),
    sizer: useRef<HTMLDivElement>(null),
    picture: useRef<HTMLCanvasElement>(null),
    overlay: useRef<HTMLCanvasElement>(null),
  };
  const board = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [hover, setHover] = useState<Hover | null>(null);
  const [follow, setFollow] = useState(false);
  const [folding, setFolding] = useState<Folding>({ closedStages: new Set(), openLanes: new Set() });
  const [area, setArea] = useState<Area | null>(null);
  const [lit, setLit] = useState<AreaRow | null>(null);
  const told = useRef<TimelineView | undefined>(undefined);

  const engine = useEngine(refs, nowUs, {
    onFollow: setFollow,
    onView: (now) => {
      const whole = wholeView(engine!.run, now.follow);
      const isWhole = now.fromUs === whole.fromUs && (now.follow || now.toUs === whole.toUs);
      // Whole microseconds, as an address has them: the view that comes back must be the one that was told.
      told.current = isWhole
        ? undefined
        : { fromUs: Math.round(now.fromUs), toUs: Math.round(now.toUs), follow: now.follow };
      latest.current.onViewChange?.(told.current);
    },
  });
  const scene = useScene(engine, columns, version, header);

  // The view that was asked for from outside: at first, and whenever it is not the one that was told last.
  const ready = scene !== undefined;
  useEffect(() => {
    if (!engine || !ready) return;
    const known = told.current;
    if (view && known && view.fromUs === known.fromUs && view.toUs === known.toUs) return;
    const live = engine.scene?.live ?? false;
    if (!view && known === undefined && engine.viewed) return;
    told.current = view ? { ...view, follow: view.follow ?? false } : undefined;
    engine.setView(told.current ?? wholeView(engine.run, live));
  }, [engine, ready, view]);

  useEffect(() => {
    if (!engine) return;
    engine.selected = selected;
    engine.pointed();
    if (selected !== null && ready) engine.reveal(selected);
  }, [engine, selected, ready]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version may have more spans to dim.
  useEffect(() => {
    engine?.setHighlight(lit ? new Set(lit.spans) : highlight);
  }, [engine, lit, highlight, scene]);
  useEffect(() => engine?.setCriticalPath(criticalPath), [engine, criticalPath]);
  useEffect(() => engine?.setFolding(folding), [engine, folding]);
  useEffect(() => {
    if (!engine) return;
    engine.area = area;
    engine.pointed();
  }, [engine, area]);

  useEffect(() => {
    if (!engine) return;
    const element = board.current!;
    const select = (no: number | null): void => latest.current.onSelect(no);
    const changeArea = (next: Area | null): void => {
      engine.area = next;
      setArea(next);
      setLit(null);
      const found = next && engine.scene ? spansIn(engine.scene, next, engine.openEndUs) : null;
      latest.current.onSelectArea?.(
        next && found ? { fromUs: next.fromUs, toUs: next.toUs, spans: found } : null,
      );
    };
    const toggleLane = (key: string): void =>
      setFolding((now) => ({ ...now, openLanes: toggled(now.openLanes, key) }));
    const toggleStage = (stage: number): void =>
      setFolding((now) => ({ ...now, closedStages: toggled(now.closedStages, stage) }));
    const laneOf = (no: number) => engine.scene?.layout.lanes[engine.scene.layout.lane[no]!];
    const unbind = [
      bindPointer(element, engine, {
        onSelect: select,
        onArea: changeArea,
        onHover: setHover,
        onBand: (band) => {
          if (band.kind === 'stage') toggleStage(band.stage);
          else toggleLane(engine.scene!.layout.lanes[band.lane]!.key);
        },
      }),
      bindKeyboard(element, engine, {
        onSelect: select,
        onOpen: (no) => latest.current.onOpen?.(no),
        onFlame: (no) => {
          const lane = laneOf(no);
          if (lane) toggleLane(lane.key);
        },
        onFold: (no) => {
          const lane = laneOf(no);
          if (lane && lane.stage >= 0) toggleStage(lane.stage);
        },
        onPath: () => latest.current.onTogglePath?.(),
        onClear: () => {
          if (engine.area) changeArea(null);
          else if (engine.selected !== null) select(null);
          else return false;
          return true;
        },
      }),
    ];
    return () => {
      for (const off of unbind) off();
    };
  }, [engine]);

  const figures = useMemo(
    () => (scene && area ? areaFigures(scene.columns, scene.tree, scene.lastUs) : null),
    [scene, area],
  );
  const inArea = useMemo(() => (scene && area ? spansIn(scene, area, scene.lastUs) : []), [scene, area]);
  const openEndUs = engine?.openEndUs ?? 0;
  // Said once for a selection, and again when its outcome is known: not at every tick of a running span.
  const outcome = scene && selected !== null ? scene.columns.status[selected] : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: time goes on, what was said stays said.
  const spoken = useMemo(
    () => (scene ? announce(scene, selected, openEndUs) : ''),
    [selected, ready, outcome],
  );

  return (
    <div className={css.root}>
      <div className={css.stage}>
        <div className={css.scroller} ref={refs.scroller}>
          <div className={css.sticky}>
            <div
              ref={board}
              role="application"
              aria-label={describeScene(scene)}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keyboard.
              tabIndex={0}
              {...{ [TAKES_KEYS]: true }}
              className={css.board}
            >
              <canvas ref={refs.picture} className={css.canvas} />
              <canvas ref={refs.overlay} className={css.canvas} />
            </div>
          </div>
          <div ref={refs.sizer} />
        </div>
        {engine && (
          <TimelineTools
            engine={engine}
            live={scene?.live ?? false}
            follow={follow}
            path={criticalPath !== undefined}
            onPath={props.onTogglePath}
            onNow={() => goToEnd(engine)}
          />
        )}
        {scene && scene.columns.count === 0 && (
          <p className={css.empty}>
            {scene.live ? 'Waiting for the first span …' : 'This run has no spans.'}
          </p>
        )}
        {hover && scene && engine && (
          <TimelineTip scene={scene} hover={hover} openEndUs={openEndUs} engine={engine} />
        )}
      </div>
      {area && scene && figures && (
        <AreaTable
          scene={scene}
          figures={figures}
          spans={inArea}
          lengthUs={area.toUs - area.fromUs}
          nowUs={scene.lastUs}
          lit={lit?.key ?? null}
          onLight={setLit}
          onClose={() => {
            setArea(null);
            setLit(null);
            latest.current.onSelectArea?.(null);
          }}
        />
      )}
      <p className="visually-hidden" aria-live="polite">
        {spoken}
      </p>
    </div>
  );
}

function toggled<T>(set: ReadonlySet<T>, item: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
