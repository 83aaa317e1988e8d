import { hash } from 'node:crypto';
import type { QueryName } from '../queries/queries.ts';
import type { Column } from './append.ts';
import { DigestTable } from './digest-table.ts';
import { SeenFilter } from './seen-filter.ts';
import type { Session } from './session.ts';

/** Words of a digest: the first 128 bits of a SHA-256. */
export const DIGEST_WORDS = 4;

/** The digests of texts, one after the other. */
export function digestsOf(texts: readonly string[]): Int32Array {
  const words = new Int32Array(texts.length * DIGEST_WORDS);
  for (let i = 0; i < texts.length; i++) {
    // A character a byte: a buffer for each would cost as much as the hash of a short text.
    const digest = hash('sha256', texts[i]!, 'binary');
    for (let index = 0; index < DIGEST_WORDS; index++) words[i * DIGEST_WORDS + index] = word(digest, index);
  }
  return words;
}

function word(digest: string, index: number): number {
  const at = index * 4;
  return (
    digest.charCodeAt(at) |
    (digest.charCodeAt(at + 1) << 8) |
    (digest.charCodeAt(at + 2) << 16) |
    (digest.charCodeAt(at + 3) << 24)
  );
}

/** A digest in an array of them: where its first word is. */
export type DigestPlace = { words: Int32Array; at: number };

/** The columns of a table that hold a digest. */
export function digestColumns<Row extends DigestPlace>(): Column<Row>[] {
  return [0, 1, 2, 3].map((index) => ({ type: 'int', of: (row) => row.words[row.at + index] }));
}

type KnownRow = { digest_a: number; digest_b: number; digest_c: number; digest_d: number; value: number };

/** Known digests that are kept in memory at least: a larger table is out of the processor's cache, and slower than it helps. */
const RECENT = 16_384;

/** Digest → number, for a table that holds each digest once. New digests are found without asking the table. */
export class DigestBook {
  readonly #all: QueryName;
  readonly #known: QueryName;
  readonly #recent = new DigestTable(RECENT);
  #filter: SeenFilter | undefined;

  /** `all` lists the first 64 bits of every digest, `known` finds some of them with their values. */
  constructor(all: QueryName, known: QueryName) {
    this.#all = all;
    this.#known = known;
  }

  /** The value of each digest, where the table has it or a row about to be appended to it. */
  async find(session: Session, words: Int32Array): Promise<(number | undefined)[]> {
    const filter = await this.#filterOf(session);
    const values = new Array<number | undefined>(words.length / DIGEST_WORDS).fill(undefined);
    const maybe: number[] = [];
    for (let i = 0; i < values.length; i++) {
      const at = i * DIGEST_WORDS;
      // Most are new, and the filter knows at its first look.
      if (!filter.mayHave(words[at]!, words[at + 1]!)) continue;
      values[i] = this.#recent.get(words, at);
      if (values[i] === undefined) maybe.push(i);
    }
    if (maybe.length === 0) return values;
    const rows = await session.rows<KnownRow>(this.#known, {
      digests: Int32Array.from(maybe, (i) => words[i * DIGEST_WORDS]!),
    });
    const stored = new Map(
      rows.map((row) => [`${row.digest_a},${row.digest_b},${row.digest_c},${row.digest_d}`, row.value]),
    );
    for (const i of maybe) {
      const at = i * DIGEST_WORDS;
      const value = stored.get(words.subarray(at, at + DIGEST_WORDS).join(','));
      if (value === undefined) continue;
      values[i] = value;
      this.#recent.set(words, at, value);
    }
    return values;
  }

  /** The value of a digest that was added or found lately. */
  recent(words: Int32Array, at: number): number | undefined {
    return this.#recent.get(words, at);
  }

  /** Remembers a digest whose row will be appended before `RECENT` others are. */
  add(words: Int32Array, at: number, value: number): void {
    this.#recent.set(words, at, value);
    this.#filter?.add(words[at]!, words[at + 1]!);
  }

  /** Forgets everything: the table may have changed otherwise. */
  forget(): void {
    this.#recent.clear();
    this.#filter = undefined;
  }

  async #filterOf(session: Session): Promise<SeenFilter> {
    if (this.#filter && !this.#filter.full) return this.#filter;
    let count = 0;
    await session.chunks(this.#all, {}, (chunk) => {
      count += chunk.rowCount;
    });
    const filter = new SeenFilter(Math.max(count * 2, 4 * RECENT));
    await session.chunks(this.#all, {}, (chunk) => {
      const [a, b] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
      for (let i = 0; i < chunk.rowCount; i++) filter.add(a.getItem(i) as number, b.getItem(i) as number);
    });
    // Rows that are not appended yet are not in the table, but all of them are recent.
    this.#recent.each((a, b) => filter.add(a, b));
    this.#filter = filter;
    return filter;
  }
}
