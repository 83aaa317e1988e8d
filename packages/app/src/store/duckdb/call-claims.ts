import { append, type Column } from './append.ts';
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
    const rows: CallRow[] = [];
    for (const [at, { key, digest }] of calls.entries()) {
      const owner = known[at];
      owners.set(key, owner ?? runKey);
      if (owner === undefined) rows.push({ runKey, digest });
    }
    await this.#session.append((connection) => append(connection, 'calls', CALL_COLUMNS, rows));
    for (const { digest } of rows) this.#book.add(digest, runKey);
    return owners;
  }

  forget(): void {
    this.#book.forget();
  }
}
