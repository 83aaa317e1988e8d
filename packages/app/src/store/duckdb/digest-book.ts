import { createHash } from 'node:crypto';
import type { QueryName } from '../queries/queries.ts';
import { RecentMap } from './recent-map.ts';
import { SeenFilter } from './seen-filter.ts';
import type { Session } from './session.ts';

/** The first 128 bits of the SHA-256 of a text, in two halves, and as the key of a map. */
export type Digest = { a: bigint; b: bigint; key: string };

export function digestOf(text: string): Digest {
  const bytes = createHash('sha256').update(text).digest();
  return { a: bytes.readBigInt64LE(0), b: bytes.readBigInt64LE(8), key: bytes.toString('latin1', 0, 16) };
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
  async find(session: Session, digests: readonly Digest[]): Promise<Map<string, number>> {
    const filter = await this.#filterOf(session);
    const found = new Map<string, number>();
    const maybe = new Map<string, Digest>();
    for (const digest of digests) {
      const recent = this.#recent.get(digest.key);
      if (recent !== undefined) found.set(digest.key, recent);
      else if (filter.mayHave(digest.a)) maybe.set(digest.key, digest);
    }
    if (maybe.size === 0) return found;
    const wanted = [...maybe.values()];
    const rows = await session.rows<{ digest_a: bigint; digest_b: bigint; value: number }>(this.#known, {
      digests: BigInt64Array.from(wanted, (digest) => digest.a),
    });
    const values = new Map(rows.map((row) => [`${row.digest_a} ${row.digest_b}`, row.value]));
    for (const { a, b, key } of wanted) {
      const value = values.get(`${a} ${b}`);
      if (value === undefined) continue;
      found.set(key, value);
      this.#recent.set(key, value);
    }
    return found;
  }

  /** Remembers a digest whose row will be appended before `RECENT` others are. */
  add(digest: Digest, value: number): void {
    this.#recent.set(digest.key, value);
    this.#filter?.add(digest.a);
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
    for (const key of this.#recent.keys()) filter.add(Buffer.from(key, 'latin1').readBigInt64LE(0));
    this.#filter = filter;
    return filter;
  }
}
