import { duration } from '../ui/format.ts';
import { type Bars, DIM, SUMMARY } from './bars.ts';
import type { Frame } from './frame.ts';
import { COLOR_MASK, ERROR_COLOR } from './paint.ts';
import type { TextFit } from './text-fit.ts';

/** Words beside a bar: why it failed, how long it has been silent. `x` is where they begin, or end when `before` the bar. */
export type Note = {
  readonly x: number;
  readonly y: number;
  readonly room: number;
  readonly before: boolean;
  readonly no: number;
  readonly tone: 'error' | 'stall';
};

const GAP_PX = 7;
const LEAST_PX = 56;
/** With less than this behind its bar, a note moves before it if there is more. */
const ENOUGH_PX = 150;

/** Notes for the bars, where there is room before their neighbours. */
export function notesOf(bars: Bars, frame: Pick<Frame, 'scene' | 'widthPx'>): Note[] {
  const { columns, stalls } = frame.scene;
  const notes: Note[] = [];
  for (let bar = 0; bar < bars.count; bar++) {
    const no = bars.span[bar]!;
    if ((bars.flags[bar]! & (SUMMARY | DIM)) !== 0) continue;
    const failed =
      (bars.paint[bar]! & COLOR_MASK) === ERROR_COLOR && columns.error[no] !== 0 && bars.depth[bar] === 0;
    if (!failed && !stalls.has(no)) continue;
    const start = bars.x[bar]!;
    const end = start + bars.width[bar]!;
    if (end < 0 || start > frame.widthPx) continue;
    const next =
      bars.strip[bar + 1] === bars.strip[bar] && bar + 1 < bars.count ? bars.x[bar + 1]! : frame.widthPx;
    const behind = next - end - GAP_PX * 2;
    // Only the outermost bars have nothing but their row before them.
    const last =
      bar > 0 && bars.strip[bar - 1] === bars.strip[bar] ? bars.x[bar - 1]! + bars.width[bar - 1]! : 0;
    const ahead = bars.depth[bar] === 0 ? start - last - GAP_PX * 2 : 0;
    const before = behind < ENOUGH_PX && ahead > behind;
    const room = before ? ahead : behind;
    if (room < LEAST_PX) continue;
    const y = bars.y[bar]! + bars.height[bar]! / 2;
    notes.push({
      x: before ? start - GAP_PX : end + GAP_PX,
      y,
      room,
      before,
      no,
      tone: failed ? 'error' : 'stall',
    });
  }
  return notes;
}

/** `silent 34 s · usual 9 s`. Whole seconds: it ticks while one reads it. */
export function stallText(stall: { silentUs: number; usualUs?: number }): string {
  const silent = `silent ${whole(stall.silentUs)}`;
  return stall.usualUs === undefined ? silent : `${silent} · usual ${whole(stall.usualUs)}`;
}

function whole(us: number): string {
  return us >= 1e6 && us < 60e6 ? `${Math.floor(us / 1e6)} s` : duration(us);
}

export function drawNotes(context: CanvasRenderingContext2D, bars: Bars, frame: Frame, fit: TextFit): void {
  const { palette, scene } = frame;
  const font = `11px ${palette.font}`;
  context.font = font;
  for (const note of notesOf(bars, frame)) {
    const stall = scene.stalls.get(note.no);
    let text = scene.columns.strings[scene.columns.error[note.no]!]!;
    if (note.tone === 'stall' && stall) {
      const silentUs = stall.silentUs + Math.max(0, frame.nowUs - scene.lastUs);
      text = stallText({ ...stall, silentUs });
      // Half of the sentence is better than a cut one.
      if (fit.width(text, font) > note.room) text = stallText({ silentUs });
    }
    context.fillStyle = note.tone === 'error' ? palette.error : palette.accent;
    context.textAlign = note.before ? 'right' : 'left';
    context.fillText(fit.fit(text, font, note.room), note.x, note.y + 0.5);
  }
  context.textAlign = 'left';
}
