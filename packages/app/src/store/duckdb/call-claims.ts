import { append, CHUNK_ROWS, type Column } from './append.ts';
import { DigestBook, digestColumns, digestOf } from './digest-book.ts';
import type { Session } from './session.ts';

type CallRow = { runKey: number; digest: string };

const CALL_COLUMNS: readonly Column<CallRow>[] = [
  { type: 'int', of: (row) => row.runKey },
  ...digestColumns<CallRow>((row) => row.digest),
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
    const calls = [...new Set(keys)].map((key) => ({ key, digest: digestOf(key) }));
    const known = await this.#book.find(
      this.#session,
      calls.map((call) => call.digest),
    );
    const owners = new Map<string, number>();
    for (const [at, { key, digest }] of calls.entries()) {
      const owner = known[at];
      owners.set(key, owner ?? runKey);
      if (owner !== undefined) continue;
      this.#waiting.push({ runKey, digest });
      this.#book.add(digest, runKey);
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
