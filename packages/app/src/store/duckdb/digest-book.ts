import { hash } from 'node:crypto';
import type { QueryName } from '../queries/queries.ts';
import type { Column } from './append.ts';
import { RecentMap } from './recent-map.ts';
import { SeenFilter } from './seen-filter.ts';
import type { Session } from './session.ts';

/** The SHA-256 of a text, a character a byte. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'binary');
}

/** The `index`th 32 bits of a digest. */
export function word(digest: string, index: number): number {
  const at = index * 4;
  return (
    digest.charCodeAt(at) |
    (digest.charCodeAt(at + 1) << 8) |
    (digest.charCodeAt(at + 2) << 16) |
    (digest.charCodeAt(at + 3) << 24)
  );
}

/** The columns of a table that hold the first 128 bits of a digest. */
export function digestColumns<Row>(of: (row: Row) => string): Column<Row>[] {
  return [0, 1, 2, 3].map((index) => ({ type: 'int', of: (row) => word(of(row), index) }));
}

type KnownRow = { digest_a: number; digest_b: number; digest_c: number; digest_d: number; value: number };

/** Known digests that are kept in memory at least: a larger map is out of the processor's cache, and slower than it helps. */
const RECENT = 16_384;

/** Digest → number, for a table that holds each digest once. New digests are found without asking the table. */
export class DigestBook {
  readonly #all: QueryName;
  readonly #known: QueryName;
  readonly #recent = new RecentMap<string, number>(RECENT);
  #filter: SeenFilter | undefined;

  /** `all` lists the first 64 bits of every digest, `known` finds some of them with their values. */
  constructor(all: QueryName, known: QueryName) {
    this.#all = all;
    this.#known = known;
  }

  /** The value of each digest, where the table has it or a row about to be appended to it. */
  async find(session: Session, digests: readonly string[]): Promise<(number | undefined)[]> {
    const filter = await this.#filterOf(session);
    const values = digests.map((digest) => this.#recent.get(digest));
    const maybe: number[] = [];
    for (const [at, digest] of digests.entries())
      if (values[at] === undefined && filter.mayHave(word(digest, 0), word(digest, 1))) maybe.push(at);
    if (maybe.length === 0) return values;
    const rows = await session.rows<KnownRow>(this.#known, {
      digests: Int32Array.from(maybe, (at) => word(digests[at]!, 0)),
    });
    const stored = new Map(
      rows.map((row) => [`${row.digest_a} ${row.digest_b} ${row.digest_c} ${row.digest_d}`, row.value]),
    );
    for (const at of maybe) {
      const digest = digests[at]!;
      const value = stored.get([0, 1, 2, 3].map((index) => word(digest, index)).join(' '));
      if (value === undefined) continue;
      values[at] = value;
      this.#recent.set(digest, value);
    }
    return values;
  }

  /** Remembers a digest whose row will be appended before `RECENT` others are. */
  add(digest: string, value: number): void {
    this.#recent.set(digest, value);
    this.#filter?.add(word(digest, 0), word(digest, 1));
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
    for (const digest of this.#recent.keys()) filter.add(word(digest, 0), word(digest, 1));
    this.#filter = filter;
    return filter;
  }
}
