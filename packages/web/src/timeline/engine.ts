import type { PathSegment } from '@tacho/trace/analysis/path/critical-path';
import type { SpanColumns } from '@tacho/trace/model/columns';
import { type Area, lanesBetween, stretchOf } from './area.ts';
import {
  type Arrangement,
  anchoredScroll,
  arrange,
  type Band,
  bandAt,
  type Folding,
  HEADING_PX,
  stickyHeading,
  workingScroll,
} from './arrange.ts';
import { Bars } from './bars.ts';
import { drawBars } from './draw-bars.ts';
import { drawCriticalPath, drawDetails } from './draw-details.ts';
import { drawBackdrop, drawGutter, drawHead, drawSticky } from './draw-frame.ts';
import { drawOverlay } from './draw-overlay.ts';
import { type Frame, HEAD_PX } from './frame.ts';
import { type Hit, hitAt } from './hit.ts';
import { layoutBars, rectOf } from './layout.ts';
import { type Palette, pageTokens, paletteOf } from './palette.ts';
import { openEndOf, type Scene, sceneOf, type TimelineHeader } from './scene.ts';
import { TextFit } from './text-fit.ts';
import { between, fitted, followed, type TimelineView, type TimeRange, wholeView } from './view.ts';

/** The elements the timeline draws on. The scroller holds the sizer, which is as high as the content, and the canvases. */
export type Surface = {
  readonly scroller: HTMLElement;
  readonly sizer: HTMLElement;
  readonly picture: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
};

export type EngineEvents = {
  /** The view has come to rest somewhere else, or follows or not. */
  readonly onView: (view: TimelineView) => void;
  readonly onFollow: (follow: boolean) => void;
};

/** Stripes and needle move this often; the picture under them at most ten times a second. */
const OVERLAY_MS = 40;
const PICTURE_MS = 100;
const GLIDE_MS = 160;
const REST_MS = 200;
const GUTTER = { least: 124, most: 420, narrow: 144, wide: 184 } as const;
const NARROW_PX = 760;
/** Taken from the names by the dot before and the count after them. */
const NAME_ROOM_PX = 48;
const STRIPE_CYCLE_MS = 900;

/** The moving part of the timeline: what is shown, from where, and when it is painted. React sets it up and stays out. */
export class TimelineEngine {
  readonly #surface: Surface;
  readonly #events: EngineEvents;
  readonly #nowUs: () => number;
  readonly #bars = new Bars();
  readonly #fit: TextFit;
  readonly #picture: CanvasRenderingContext2D;
  readonly #overlay: CanvasRenderingContext2D;
  #palette: Palette;
  #scene: Scene | undefined;
  #arrangement: Arrangement = {
    bands: [],
    heightPx: 0,
    rowTop: new Float64Array(),
    bandOfLane: new Int32Array(),
  };
  #folding: Folding = { closedStages: new Set(), openLanes: new Set() };
  #view: TimelineView = { fromUs: 0, toUs: 1, follow: false };
  #viewed = false;
  #glide: { from: TimeRange; to: TimelineView; startMs: number } | undefined;
  #size = { width: 0, height: 0, ratio: 1 };
  #gutterPx = 0;
  /** The person has chosen the width of the names. */
  #gutterChosen = false;
  #bright: Uint8Array | null = null;
  #path: readonly PathSegment[] | undefined;
  #pictureDirty = true;
  #overlayDirty = true;
  #lastPictureMs = 0;
  #lastOverlayMs = 0;
  #frame = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #gone = false;
  readonly #stillMotion = matchMedia('(prefers-reduced-motion: reduce)');

  hovered: number | null = null;
  hoveredBand = -1;
  cursorX: number | null = null;
  /** Height of the pointer on the canvas: the row under it must not move. */
  pointerY: number | null = null;
  selected: number | null = null;
  /** While it is being drawn, rows in content pixels. */
  rubber: { fromUs: number; toUs: number; top: number; bottom: number } | null = null;
  /** Where the engine itself scrolled to last: any other place was the person's choice. */
  #scrolledTo = 0;
  #scrolledAway = false;
  area: Area | null = null;
  onScroll: (() => void) | undefined;
  /** Runs at the start of every frame: held keys move the view here. */
  onFrame: ((elapsedMs: number) => boolean) | undefined;

  constructor(surface: Surface, nowUs: () => number, events: EngineEvents) {
    this.#surface = surface;
    this.#nowUs = nowUs;
    this.#events = events;
    this.#picture = surface.picture.getContext('2d', { alpha: false })!;
    this.#overlay = surface.overlay.getContext('2d')!;
    this.#palette = paletteOf(pageTokens(surface.picture));
    this.#fit = new TextFit((text, font) => {
      this.#picture.font = font;
      return this.#picture.measureText(text).width;
    });
  }

  get scene(): Scene | undefined {
    return this.#scene;
  }
  get arrangement(): Arrangement {
    return this.#arrangement;
  }
  get view(): TimelineView {
    return this.#glide?.to ?? this.#view;
  }
  /** The view as it is on the screen, in the middle of a glide too. */
  get shown(): TimelineView {
    return this.#view;
  }
  get gutterPx(): number {
    return this.#gutterPx;
  }
  get widthPx(): number {
    return Math.max(1, this.#size.width - this.#gutterPx);
  }
  get heightPx(): number {
    return Math.max(1, this.#size.height - HEAD_PX);
  }
  get openEndUs(): number {
    return this.#scene ? openEndOf(this.#scene, this.#nowUs()) : 0;
  }
  /** The run so far. */
  get run(): TimeRange {
    const scene = this.#scene;
    if (!scene) return { fromUs: 0, toUs: 1 };
    return { fromUs: scene.extent.fromUs, toUs: Math.max(scene.extent.toUs, scene.live ? this.#nowUs() : 0) };
  }

  /** A new version of the run. What the pointer is on keeps its place on the screen. */
  setRun(columns: SpanColumns, header: TimelineHeader): void {
    const before = this.#scene;
    const scene = sceneOf(columns, header, this.#nowUs(), before);
    this.#scene = scene;
    this.#rearrange(before);
    if (before?.live && !scene.live && this.#view.follow) this.setView(wholeView(this.run, false));
    this.#repaint();
  }

  setFolding(folding: Folding): void {
    this.#folding = folding;
    if (this.#scene) this.#rearrange(this.#scene);
    this.#repaint();
  }

  #rearrange(before: Scene | undefined): void {
    const scene = this.#scene!;
    const lanes = scene.layout.lanes;
    const next = arrange(lanes, scene.groups, scene.strips, this.#folding);
    const { scroller, sizer } = this.#surface;
    const scrollTop = before
      ? anchoredScroll(
          { arrangement: this.#arrangement, lanes: before.layout.lanes },
          { arrangement: next, lanes },
          scroller.scrollTop,
          Math.max(0, (this.pointerY ?? HEAD_PX) - HEAD_PX),
        )
      : scroller.scrollTop;
    this.#arrangement = next;
    sizer.style.height = `${next.heightPx + HEAD_PX}px`;
    if (scrollTop !== scroller.scrollTop) this.scrollTo(scrollTop);
    this.#scrollToWork();
  }

  /** Following also goes down to the lanes at work, unless the person looks at something: points at it, or scrolled there. */
  #scrollToWork(): void {
    const scene = this.#scene;
    if (!scene?.live || !this.view.follow || this.pointerY !== null || this.#scrolledAway) return;
    const { scrollTop } = this.#surface.scroller;
    const top = workingScroll(this.#arrangement, scene.strips, scrollTop, this.heightPx);
    if (top !== undefined) this.scrollTo(top);
  }

  setHighlight(highlight: ReadonlySet<number> | null): void {
    const count = this.#scene?.columns.count ?? 0;
    this.#bright = highlight === null ? null : new Uint8Array(count);
    for (const no of highlight ?? []) if (no < count) this.#bright![no] = 1;
    this.#repaint();
  }

  setCriticalPath(path: readonly PathSegment[] | undefined): void {
    this.#path = path;
    this.#repaint();
  }

  /** Whether anyone has said yet what to look at. */
  get viewed(): boolean {
    return this.#viewed;
  }

  /** Goes there, at once or in a glide. */
  setView(view: TimelineView, glide = false): void {
    this.#viewed = true;
    const follows = this.view.follow;
    if (glide && !this.#stillMotion.matches) {
      this.#glide = { from: this.#view, to: view, startMs: performance.now() };
    } else {
      this.#glide = undefined;
      this.#view = view;
    }
    if (view.follow !== follows) this.#events.onFollow(view.follow);
    if (view.follow) this.#scrolledAway = false;
    this.#repaint();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#events.onView(this.view), REST_MS);
  }

  setGutter(px: number): void {
    this.#gutterChosen = true;
    this.#gutterPx = Math.round(
      Math.min(Math.max(px, GUTTER.least), Math.min(GUTTER.most, this.#size.width / 2)),
    );
    this.#repaint();
  }

  resize(width: number, height: number, ratio: number): void {
    this.#size = { width, height, ratio };
    if (!this.#gutterChosen) this.#gutterPx = width < NARROW_PX ? GUTTER.narrow : GUTTER.wide;
    for (const canvas of [this.#surface.picture, this.#surface.overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    // A cleared canvas must not be seen: paint in the same task.
    this.#pictureDirty = true;
    this.#overlayDirty = true;
    this.#paint(performance.now());
  }

  /** Colours are read again: the theme has changed. */
  retheme(): void {
    this.#palette = paletteOf(pageTokens(this.#surface.picture));
    this.#repaint();
  }

  #repaint(): void {
    this.#pictureDirty = true;
    this.wake();
  }

  /** The picture stands, what is over it changes: pointer, selection, clock. */
  pointed(): void {
    this.#overlayDirty = true;
    this.wake();
  }

  scrollTo(top: number): void {
    this.#surface.scroller.scrollTop = top;
    this.#scrolledTo = this.#surface.scroller.scrollTop;
  }

  /** Scrolled: rows move under a pointer that stands still. */
  scrolled(): void {
    if (this.#surface.scroller.scrollTop !== this.#scrolledTo) this.#scrolledAway = true;
    this.onScroll?.();
    this.#repaint();
  }

  wake(): void {
    if (this.#frame === 0 && !this.#gone) this.#frame = requestAnimationFrame(this.#tick);
  }

  readonly #tick = (timeMs: number): void => {
    this.#frame = 0;
    const elapsed = Math.min(64, timeMs - this.#lastTickMs);
    this.#lastTickMs = timeMs;
    const held = this.onFrame?.(elapsed) ?? false;
    this.#stepGlide(timeMs);
    this.#paint(timeMs);
    if (held || this.#glide || this.#pictureDirty || this.#overlayDirty || this.#scene?.live) this.wake();
  };
  #lastTickMs = 0;

  #stepGlide(timeMs: number): void {
    const glide = this.#glide;
    if (!glide) return;
    const share = Math.min(1, Math.max(0, timeMs - glide.startMs) / GLIDE_MS);
    this.#view = between(glide.from, glide.to, 1 - (1 - share) ** 3);
    if (share >= 1) this.#glide = undefined;
    this.#pictureDirty = true;
  }

  #paint(timeMs: number): void {
    const scene = this.#scene;
    if (!scene || this.#size.width === 0) return;
    const clockDue = scene.live && timeMs - this.#lastPictureMs >= PICTURE_MS;
    if ((clockDue || this.#pictureDirty) && scene.live && this.#view.follow && !this.#glide)
      this.#view = followed(this.#view, this.run);
    const overlayMs = this.#stillMotion.matches ? PICTURE_MS : OVERLAY_MS;
    if (this.#pictureDirty || clockDue) {
      this.#paintPicture();
      this.#lastPictureMs = timeMs;
      this.#overlayDirty = true;
    }
    if (this.#overlayDirty || (scene.live && timeMs - this.#lastOverlayMs >= overlayMs)) {
      this.#paintOverlay(timeMs);
      this.#lastOverlayMs = timeMs;
    }
  }

  frameNow(): Frame | undefined {
    if (!this.#scene) return undefined;
    return {
      scene: this.#scene,
      strips: this.#scene.strips,
      arrangement: this.#arrangement,
      view: this.#view,
      nowUs: this.#nowUs(),
      openEndUs: this.openEndUs,
      scrollTop: this.#surface.scroller.scrollTop,
      gutterPx: this.#gutterPx,
      widthPx: this.widthPx,
      heightPx: this.heightPx,
      pixelRatio: this.#size.ratio,
      palette: this.#palette,
    };
  }

  #paintPicture(): void {
    const frame = this.frameNow()!;
    const { scene } = frame;
    this.#pictureDirty = false;
    layoutBars({ ...frame, blocks: scene.blocks, live: scene.live, bright: this.#bright }, this.#bars);
    const context = this.#picture;
    const { ratio } = this.#size;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    drawHead(context, frame, this.#fit);
    context.save();
    context.beginPath();
    context.rect(frame.gutterPx, HEAD_PX, frame.widthPx, frame.heightPx);
    context.clip();
    context.translate(frame.gutterPx, HEAD_PX);
    drawBackdrop(context, frame);
    drawBars(context, this.#bars, this.#palette);
    if (this.#path) drawCriticalPath(context, this.#path, frame);
    drawDetails(context, this.#bars, frame, this.#fit);
    context.restore();
    context.save();
    context.beginPath();
    context.rect(0, HEAD_PX, frame.gutterPx, frame.heightPx);
    context.clip();
    context.translate(0, HEAD_PX);
    drawGutter(context, frame, this.#fit);
    context.restore();
    context.save();
    context.beginPath();
    context.rect(0, HEAD_PX, this.#size.width, frame.heightPx);
    context.clip();
    context.translate(0, HEAD_PX);
    drawSticky(context, frame, this.#fit);
    context.restore();
  }

  #paintOverlay(timeMs: number): void {
    const frame = this.frameNow()!;
    this.#overlayDirty = false;
    const { ratio } = this.#size;
    this.#overlay.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#overlay.textBaseline = 'middle';
    drawOverlay(this.#overlay, this.#bars, frame, {
      hovered: this.hovered,
      selected: this.selected,
      hoveredBand: this.hoveredBand,
      cursorX: this.cursorX,
      area: this.rubber ?? this.#shownArea(frame),
      stripePhase: this.#stillMotion.matches ? 0 : (timeMs % STRIPE_CYCLE_MS) / STRIPE_CYCLE_MS,
    });
  }

  #shownArea(frame: Frame): { fromUs: number; toUs: number; top: number; bottom: number } | null {
    const stretch = this.area && stretchOf(frame.scene, frame.arrangement, this.area.lanes);
    return stretch ? { fromUs: this.area!.fromUs, toUs: this.area!.toUs, ...stretch } : null;
  }

  /** What lies at a point of the canvas, below the ruler and right of the names. */
  hit(x: number, y: number): Hit {
    const frame = this.frameNow();
    if (!frame) return { kind: 'nothing' };
    const sticky = this.#stickyAt(y);
    if (sticky >= 0) return { kind: 'stage', band: sticky };
    return hitAt(frame, x - this.#gutterPx, y - HEAD_PX);
  }

  /** The band at a height of the canvas, whatever is at the pointer's time. */
  bandAt(y: number): Band | undefined {
    if (y < HEAD_PX) return undefined;
    const sticky = this.#stickyAt(y);
    if (sticky >= 0) return this.#arrangement.bands[sticky];
    return this.#arrangement.bands[bandAt(this.#arrangement, y - HEAD_PX + this.#surface.scroller.scrollTop)];
  }

  /** Index of the heading that lies over the rows at this height, -1 where there is none. */
  #stickyAt(y: number): number {
    const sticky = stickyHeading(this.#arrangement, this.#surface.scroller.scrollTop);
    return sticky && y - HEAD_PX < sticky.top + HEADING_PX ? sticky.index : -1;
  }

  /** Whether a name at the left is shown shortened. */
  isCut(name: string): boolean {
    return this.#fit.width(name, `600 12px ${this.#palette.font}`) > this.#gutterPx - NAME_ROOM_PX;
  }

  /** Selects what the rubber band encloses. */
  areaOf(rubber: NonNullable<TimelineEngine['rubber']>): Area | null {
    if (!this.#scene) return null;
    const lanes = lanesBetween(this.#scene, this.#arrangement, rubber.top, rubber.bottom);
    return lanes.size === 0 ? null : { fromUs: rubber.fromUs, toUs: rubber.toUs, lanes };
  }

  /** Brings a span into sight, by as little as possible. */
  reveal(no: number): void {
    const frame = this.frameNow();
    if (!frame) return;
    const rect = rectOf(frame, no);
    if (!rect) return;
    const { scroller } = this.#surface;
    if (rect.rowTop < HEADING_PX) scroller.scrollTop += rect.rowTop - HEADING_PX - rect.rowHeight;
    else if (rect.rowTop + rect.rowHeight > this.heightPx)
      scroller.scrollTop += rect.rowTop + rect.rowHeight * 2 - this.heightPx;
    if (rect.x + rect.width >= 0 && rect.x <= frame.widthPx) return;
    const width = frame.view.toUs - frame.view.fromUs;
    const fromUs = frame.scene.columns.startUs[no]! - width * 0.2;
    this.setView({ fromUs, toUs: fromUs + width, follow: false }, true);
  }

  /** Shows a span from edge to edge. */
  fit(no: number): void {
    const scene = this.#scene;
    if (!scene) return;
    const startUs = scene.columns.startUs[no]!;
    const endUs = scene.columns.endUs[no]!;
    this.setView(
      fitted({ fromUs: startUs, toUs: Number.isNaN(endUs) ? this.openEndUs : endUs }, this.run),
      true,
    );
    this.reveal(no);
  }

  destroy(): void {
    this.#gone = true;
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
  }
}
