import type { Column } from './append.ts';
import { RecentMap } from './recent-map.ts';
import { storedText } from './stored-text.ts';

export type TextRow = { runKey: number; no: number; text: string };

/** The columns of `texts`, in the order of its table. */
export const TEXT_COLUMNS: readonly Column<TextRow>[] = [
  { type: 'int', of: (row) => row.runKey },
  { type: 'int', of: (row) => row.no },
  { type: 'text', of: (row) => storedText(row.text) },
];

/** Texts and span ids that a run keeps in memory at least. A text forgotten is stored again under another number. */
const RECENT = 32_768;

/** A run that is being written: its key, its next numbers, its texts and the numbers of its spans. */
export class OpenRun {
  readonly key: number;
  /** Spans from this number on have no row yet. */
  nextSpan: number;
  /** It has a row in `runs`, or will have one when this transaction ends. */
  hasRow = false;
  #nextText: number;
  readonly #texts = new RecentMap<string, number>(RECENT);
  readonly #numbers = new RecentMap<string, number>(RECENT);

  constructor(key: number, nextSpan: number, nextText: number) {
    this.key = key;
    this.nextSpan = nextSpan;
    this.#nextText = nextText;
  }

  /** How much it holds in memory. */
  get entries(): number {
    return this.#texts.count + this.#numbers.count;
  }

  learnText(text: string, no: number): void {
    this.#texts.set(text, no);
  }

  /** The number of a text; a new one is added to `rows`. */
  textNo(text: string | undefined, rows: TextRow[]): number {
    if (text === undefined) return 0;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const no = this.#nextText++;
    this.#texts.set(text, no);
    rows.push({ runKey: this.key, no, text });
    return no;
  }

  learnSpan(spanId: string, no: number): void {
    this.#numbers.set(spanId, no);
  }

  numberOf(spanId: string): number | undefined {
    return this.#numbers.get(spanId);
  }
}
