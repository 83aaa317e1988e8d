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

const bytes = Buffer.alloc(32);

/** 64 bits of a digest, from its `from`th byte on. */
function bitsOf(digest: string, from: 0 | 8): bigint {
  bytes.write(digest, 'latin1');
  return bytes.readBigInt64LE(from);
}

/** The two columns of a table that hold the first 128 bits of a digest. */
export function digestColumns<Row>(of: (row: Row) => string): [Column<Row>, Column<Row>] {
  return [
    { type: 'big', of: (row) => bitsOf(of(row), 0) },
    { type: 'big', of: (row) => bitsOf(of(row), 8) },
  ];
}

/** Known digests that are kept in memory at least. */
const RECENT = 65_536;

/** Digest → number, for a table that holds each digest once. New digests are found without asking the table. */
export class DigestBook {
  readonly #all: QueryName;
  readonly #known: QueryName;
  readonly #recent = new RecentMap<string, number>(RECENT);
  #filter: SeenFilter | undefined;

  /** `all` lists the first halves of every digest, `known` finds some of them with their values. */
  constructor(all: QueryName, known: QueryName) {
    this.#all = all;
    this.#known = known;
  }

  /** Values of those among `digests` that the table or a row about to be appended to it has. */
  async find(session: Session, digests: readonly string[]): Promise<Map<string, number>> {
    const filter = await this.#filterOf(session);
    const found = new Map<string, number>();
    const maybe = new Map<string, bigint>();
    for (const digest of digests) {
      const recent = this.#recent.get(digest);
      if (recent !== undefined) found.set(digest, recent);
      else {
        const first = bitsOf(digest, 0);
        if (filter.mayHave(first)) maybe.set(digest, first);
      }
    }
    if (maybe.size === 0) return found;
    const rows = await session.rows<{ digest_a: bigint; digest_b: bigint; value: number }>(this.#known, {
      digests: BigInt64Array.from(maybe.values()),
    });
    const values = new Map(rows.map((row) => [`${row.digest_a} ${row.digest_b}`, row.value]));
    for (const [digest, first] of maybe) {
      const value = values.get(`${first} ${bitsOf(digest, 8)}`);
      if (value === undefined) continue;
      found.set(digest, value);
      this.#recent.set(digest, value);
    }
    return found;
  }

  /** Remembers a digest whose row will be appended before `RECENT` others are. */
  add(digest: string, value: number): void {
    this.#recent.set(digest, value);
    this.#filter?.add(bitsOf(digest, 0));
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
      const column = chunk.getColumnVector(0);
      for (let i = 0; i < chunk.rowCount; i++) filter.add(column.getItem(i) as bigint);
    });
    // Rows that are not appended yet are not in the table, but all of them are recent.
    for (const digest of this.#recent.keys()) filter.add(bitsOf(digest, 0));
    this.#filter = filter;
    return filter;
  }
}
