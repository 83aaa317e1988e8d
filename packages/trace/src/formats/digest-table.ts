import { compact, moneyAtLeast } from '../model/figures.ts';
import type { SpanKind } from '../model/span.ts';
import type { Tone } from './digest-facts.ts';

/** One cell of a digest's table. */
export type Cell = {
  text: string;
  /** An agent, or whoever made the source, wrote it: the name of something, or prose. Without it the words are ours. */
  foreign?: 'name' | 'prose';
  tone?: Tone;
  /** Number of the span that the row is about. */
  no?: number;
  kind?: SpanKind;
  /** Part of a whole, 0 to 1, for a bar. */
  share?: number;
};

export type Column<Row> = {
  title: string;
  /** The title comes from the run. */
  foreign?: true;
  /** A figure: stands at the right. */
  figure?: true;
  /** A bare string is our own words, or a figure. */
  of: (row: Row) => Cell | string;
};

/** A table before anybody has decided how it looks. */
export type DigestTable = {
  key: string;
  title: string;
  /** A sentence on what its columns mean. */
  note?: string;
  columns: { title: string; foreign: boolean; figure: boolean }[];
  rows: Cell[][];
  /** What is not shown, in words. */
  rest?: string;
};

/** Rows as a table; columns in which nothing stands are left out. Undefined without rows. */
export function tableOf<Row>(
  key: string,
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: { most: number; rest?: (left: readonly Row[]) => string; note?: string },
): DigestTable | undefined {
  if (rows.length === 0) return undefined;
  const shown = rows.slice(0, options.most).map((row) =>
    columns.map(({ of }) => {
      const cell = of(row);
      return typeof cell === 'string' ? { text: cell } : cell;
    }),
  );
  const used = columns.flatMap((_, at) => (shown.some((cells) => cells[at]!.text !== '') ? [at] : []));
  const left = rows.slice(options.most);
  return {
    key,
    title,
    ...(options.note !== undefined && { note: options.note }),
    columns: used.map((at) => {
      const { title, foreign = false, figure = false } = columns[at]!;
      return { title, foreign, figure };
    }),
    rows: shown.map((cells) => used.map((at) => cells[at]!)),
    ...(left.length > 0 && { rest: (options.rest ?? ((rest) => `and ${rest.length} more`))(left) }),
  };
}

/** A name that comes from the run. */
export function foreign(text: string): Cell {
  return { text, foreign: 'name' };
}

/** A count, or nothing where there is none: columns of zeros hide what is not. */
export function unless0(count: number): string {
  return count === 0 ? '' : compact(count);
}

/** A name, or what stands for one that is missing. */
export function named({ name, no }: { name: string; no?: number }): Cell {
  const cell: Cell = name === '' ? { text: '(unnamed)', tone: 'mute' } : foreign(name);
  return no === undefined || no < 0 ? cell : { ...cell, no };
}

/** Nothing used costs nothing, and need not be said. */
export function costOf({
  tokens,
  costUsd,
  unpriced,
}: {
  tokens: number;
  costUsd: number | null;
  unpriced: number;
}): string {
  return tokens === 0 && costUsd === 0 && unpriced === 0 ? '' : moneyAtLeast(costUsd, unpriced);
}
