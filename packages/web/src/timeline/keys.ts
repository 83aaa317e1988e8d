/** What the keyboard can ask of the timeline. */
export type TimelineCommand =
  | 'zoom-in'
  | 'zoom-out'
  | 'pan-left'
  | 'pan-right'
  | 'step-in'
  | 'step-out'
  | 'fit'
  | 'everything'
  | 'start'
  | 'now'
  | 'next'
  | 'previous'
  | 'parent'
  | 'child'
  | 'next-error'
  | 'previous-error'
  | 'open'
  | 'flame'
  | 'fold'
  | 'path'
  | 'clear';

/** Commands that go on as long as the key is held. */
export const HELD: ReadonlySet<TimelineCommand> = new Set(['zoom-in', 'zoom-out', 'pan-left', 'pan-right']);

const BY_KEY: Record<string, TimelineCommand> = {
  w: 'zoom-in',
  s: 'zoom-out',
  a: 'pan-left',
  d: 'pan-right',
  '+': 'step-in',
  '=': 'step-in',
  '-': 'step-out',
  f: 'fit',
  '0': 'everything',
  Home: 'start',
  End: 'now',
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'parent',
  ArrowDown: 'child',
  e: 'next-error',
  E: 'previous-error',
  Enter: 'open',
  o: 'flame',
  c: 'fold',
  p: 'path',
  Escape: 'clear',
};

const WITH_SHIFT: Record<string, TimelineCommand> = {
  ArrowLeft: 'pan-left',
  ArrowRight: 'pan-right',
  ArrowUp: 'zoom-in',
  ArrowDown: 'zoom-out',
};

export type KeyInput = {
  readonly key: string;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
};

/** The command of a key; undefined for keys that are the browser's. */
export function commandOf(input: KeyInput): TimelineCommand | undefined {
  if (input.ctrl || input.alt) return undefined;
  if (input.shift && Object.hasOwn(WITH_SHIFT, input.key)) return WITH_SHIFT[input.key];
  if (Object.hasOwn(BY_KEY, input.key)) return BY_KEY[input.key];
  // Caps lock must not switch the keys off.
  const lower = input.key.toLowerCase();
  return Object.hasOwn(BY_KEY, lower) ? BY_KEY[lower] : undefined;
}

export type KeyHelp = { readonly keys: readonly string[]; readonly does: string };

/** Everything keys and pointer do in the timeline, for the help popover. */
export const TIMELINE_KEYS: readonly { readonly title: string; readonly entries: readonly KeyHelp[] }[] = [
  {
    title: 'Look around',
    entries: [
      { keys: ['W', 'S'], does: 'Zoom in and out at the pointer' },
      { keys: ['A', 'D'], does: 'Pan left and right' },
      { keys: ['+', '−'], does: 'Zoom by a step' },
      { keys: ['F'], does: 'Fit the selection, else everything' },
      { keys: ['0'], does: 'Show everything' },
      { keys: ['Home'], does: 'Go to the start' },
      { keys: ['End'], does: 'Go to the end; follow a live run' },
    ],
  },
  {
    title: 'Select',
    entries: [
      { keys: ['←', '→'], does: 'Previous and next span in the lane' },
      { keys: ['↑', '↓'], does: 'Parent and first child' },
      { keys: ['E', 'Shift E'], does: 'Next and previous error' },
      { keys: ['Enter'], does: 'Open the details' },
      { keys: ['O'], does: 'Open the lane as a flame graph' },
      { keys: ['C'], does: 'Close or open the stage' },
      { keys: ['P'], does: 'Show or hide the critical path' },
      { keys: ['Esc'], does: 'Clear the area, then the selection' },
    ],
  },
  {
    title: 'Pointer',
    entries: [
      { keys: ['Ctrl wheel', 'Pinch'], does: 'Zoom at the pointer' },
      { keys: ['Wheel'], does: 'Scroll the lanes' },
      { keys: ['Shift wheel', 'Shift drag', 'Middle drag', 'Space drag'], does: 'Pan' },
      { keys: ['Drag'], does: 'Select an area and see what is in it' },
      { keys: ['Drag on the ruler'], does: 'Select a stretch of time in all lanes' },
      { keys: ['Double click'], does: 'Zoom to a span' },
      { keys: ['Click a name'], does: 'Open a lane, close a stage' },
    ],
  },
];
