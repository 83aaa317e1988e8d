import { RUN_COLUMNS, type RunColumn } from './run-columns.tsx';

/** How the columns lie in a row, and in the head above it: nothing is scrolled to sideways. */
export type RunLayout = {
  readonly name: string;
  /** For windows from this width on. */
  readonly fromPx: number;
  /** In the order in which they are read, line by line. */
  readonly columns: readonly RunColumn[];
  /** Columns that do not stand in the first line. */
  readonly below: ReadonlySet<string>;
  /** What CSS calls `grid-template`: its areas are called as the columns are. */
  readonly grid: string;
  readonly rowPx: number;
  readonly headPx: number;
  readonly gapPx: number;
};

/** Between columns in one line. */
const GAP_PX = 10;
/** What the page's edges and a bar to scroll with take of the window. */
const AROUND_PX = 52;

const sum = (widths: readonly number[]): number => widths.reduce((all, width) => all + width, 0);

/** From this width of the window on, all columns stand in one line. */
const ONE_LINE_PX =
  sum(RUN_COLUMNS.map(({ widthPx }) => widthPx)) + (RUN_COLUMNS.length - 1) * GAP_PX + AROUND_PX;

function layout(
  name: string,
  sizes: Pick<RunLayout, 'fromPx' | 'rowPx' | 'headPx' | 'gapPx'>,
  lines: readonly string[],
  tracks: string,
): RunLayout {
  const ids = [...new Set(lines.flatMap((line) => line.split(' ')))];
  const first = new Set(lines[0]!.split(' '));
  return {
    name,
    ...sizes,
    columns: ids.flatMap((id) => RUN_COLUMNS.filter((column) => column.id === id)),
    below: new Set(ids.filter((id) => !first.has(id))),
    grid: `${lines.map((line) => `"${line}"`).join(' ')} / ${tracks}`,
  };
}

/**
 * Widest first. Where one line does not hold them all, what a run is stands under its name, and each figure under the one
 * that it explains: a second line costs half a row, but a column out of sight costs the whole column. Half a screen leaves
 * the task type out, a phone rounds and leverage too: the title of the name tells them.
 */
export const RUN_LAYOUTS: readonly RunLayout[] = [
  layout(
    'one-line',
    { fromPx: ONE_LINE_PX, rowPx: 34, headPx: 32, gapPx: GAP_PX },
    [RUN_COLUMNS.map(({ id }) => id).join(' ')],
    RUN_COLUMNS.map(({ widthPx, grow }) => (grow ? `minmax(${widthPx}px, ${grow}fr)` : `${widthPx}px`)).join(
      ' ',
    ),
  ),
  layout(
    'two-lines',
    { fromPx: 900, rowPx: 50, headPx: 44, gapPx: 14 },
    ['name name name status duration cost score', 'agent models taskType start rounds tokens leverage'],
    'minmax(0, 1fr) minmax(0, 1.4fr) minmax(0, 1fr) 136px 76px 76px 92px',
  ),
  layout(
    'half-screen',
    { fromPx: 640, rowPx: 50, headPx: 44, gapPx: 12 },
    ['name name status duration cost score', 'agent models start rounds tokens leverage'],
    'minmax(0, 1fr) minmax(0, 1.4fr) 128px 66px 72px 82px',
  ),
  layout(
    'phone',
    { fromPx: 0, rowPx: 68, headPx: 60, gapPx: 10 },
    ['name name status status', 'agent models models score', 'start duration tokens cost'],
    '84px minmax(0, 1fr) 52px 66px',
  ),
];

/** The layout for a window of this width. */
export function runLayout(windowPx: number): RunLayout {
  return RUN_LAYOUTS.find(({ fromPx }) => windowPx >= fromPx) ?? RUN_LAYOUTS.at(-1)!;
}
