import { append, CHUNK_ROWS, type Column } from './append.ts';
import { DIGEST_WORDS, DigestBook, type DigestPlace, digestColumns, digestsOf } from './digest-book.ts';
import type { Session } from './session.ts';

type CallRow = DigestPlace & { runKey: number };

const CALL_COLUMNS: readonly Column<CallRow>[] = [
  { type: 'int', of: (row) => row.runKey },
  ...digestColumns<CallRow>(),
];

/** Which run counts a call: the first that claims its key. */
export class CallClaims {
  readonly #session: Session;
  readonly #book = new DigestBook('call-digests', 'known-calls');
  /** Rows are collected over runs: appending costs as much a batch as 500 rows, and most runs bring a few calls at a time. */
  #waiting: CallRow[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** Key → key of the run that owns it; keys nobody owned are `runKey`'s from now on. */
  async claim(runKey: number, keys: readonly string[]): Promise<Map<string, number>> {
    const calls = [...new Set(keys)];
    const words = digestsOf(calls);
    const known = await this.#book.find(this.#session, words);
    const owners = new Map<string, number>();
    for (const [i, key] of calls.entries()) {
      const owner = known[i];
      owners.set(key, owner ?? runKey);
      if (owner !== undefined) continue;
      const at = i * DIGEST_WORDS;
      this.#waiting.push({ runKey, words, at });
      this.#book.add(words, at, runKey);
      // The book knows only recent digests that no row has.
      if (this.#waiting.length >= CHUNK_ROWS) await this.flush();
    }
    return owners;
  }

  /** Brings the claims into the transaction. */
  async flush(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    await this.#session.append((connection) => append(connection, 'calls', CALL_COLUMNS, rows));
  }

  forget(): void {
    this.#waiting = [];
    this.#book.forget();
  }
}
