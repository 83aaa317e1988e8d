import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Colours } from './colours.ts';
import { plainLine } from './plain.ts';

export type Column<Row> = {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly right?: boolean;
  /** Where the screen is narrow, this column gives way, down to so many characters. */
  readonly shrinksTo?: number;
  /** Paints the finished cell. */
  readonly paint?: (row: Row, text: string) => string;
};

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** Rows under titles, without lines, no wider than the screen where a column may shrink. Ends with a line end. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  screen: { columns: number; colours: Colours },
): string {
  const cells = rows.map((row) => columns.map((column) => plainLine(column.of(row))));
  const widths = columns.map(({ title }, at) =>
    Math.max(stringWidth(title), ...cells.map((line) => stringWidth(line[at]!))),
  );
  let excess = widths.reduce((sum, width) => sum + width + 2, -2) - screen.columns;
  // From the right: what names a row stands on the left, and is needed whole to be typed again.
  for (let at = columns.length - 1; at >= 0 && excess > 0; at--) {
    const { shrinksTo } = columns[at]!;
    if (shrinksTo === undefined) continue;
    const given = Math.min(excess, Math.max(0, widths[at]! - shrinksTo));
    widths[at] = widths[at]! - given;
    excess -= given;
  }
  const drawn = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
    colWidths: widths,
  });
  drawn.push(columns.map(({ title }, at) => screen.colours.dim(cut(title, widths[at]!))));
  for (const [no, row] of rows.entries()) {
    drawn.push(
      columns.map(({ paint }, at) => {
        const text = cut(cells[no]![at]!, widths[at]!);
        return paint ? paint(row, text) : text;
      }),
    );
  }
  return `${drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
