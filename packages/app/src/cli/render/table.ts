import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Colours } from './colours.ts';
import { plainLine } from './plain.ts';

export type Column<Row> = {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly right?: boolean;
  /** Columns by which the text stands further to the right: what lies in what. */
  readonly indent?: (row: Row) => number;
  /** Where the screen is narrow, this column gives way, down to so many characters. */
  readonly shrinksTo?: number;
  /** Where shrinking is not enough, columns are left out, the highest number first. Without one it stays. */
  readonly leave?: number;
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

/**
 * Rows under titles, without lines, no wider than the screen as far as columns may shrink or be left out. Ends with a
 * line end.
 */
export function table<Row>(
  rows: readonly Row[],
  offered: readonly Column<Row>[],
  screen: { columns: number; colours: Colours },
): string {
  const columns = fitting(rows, offered, screen.columns);
  const cells = rows.map((row) => columns.map((column) => cellOf(row, column)));
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

function cellOf<Row>(row: Row, { of, indent }: Column<Row>): string {
  return ' '.repeat(indent?.(row) ?? 0) + plainLine(of(row));
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

/** The columns that a screen has room for, shrunk as far as they may. */
function fitting<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): readonly Column<Row>[] {
  const least = (column: Column<Row>): number => {
    const { title, shrinksTo } = column;
    const widest = Math.max(stringWidth(title), ...rows.map((row) => stringWidth(cellOf(row, column))));
    return Math.min(widest, shrinksTo ?? widest);
  };
  let left = columns.map((column) => ({ column, least: least(column) }));
  const needed = (): number => left.reduce((sum, each) => sum + each.least + 2, -2);
  const leaving = left.filter(({ column }) => column.leave !== undefined);
  for (const next of leaving.sort((a, b) => b.column.leave! - a.column.leave!)) {
    if (needed() <= width) break;
    left = left.filter((each) => each !== next);
  }
  return left.map(({ column }) => column);
}
