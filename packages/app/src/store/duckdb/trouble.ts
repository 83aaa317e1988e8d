import { StoreDamagedError, StoreHeldError, StoreTroubleError, StoreVersionError } from '../store.ts';

/** What DuckDB says when the disk, the folder or the memory is at fault, and not the query. */
const TROUBLE =
  /^(IO|FATAL|Out of Memory|Permission) Error|no space left|disk quota|input\/output error|read-only file ?system|could not (read|write|sync|flush|truncate|move)|database has been invalidated/i;
/** After such an error DuckDB answers nothing more until the database is opened anew. */
const FATAL = /^FATAL Error|database has been invalidated/;
const DAMAGED =
  /not a valid DuckDB database|corrupt|checksum|serialization error|failed to deserialize|INTERNAL Error|replaying WAL|could not read enough bytes/i;

/** The database has to be opened anew. */
export function isFatal(error: unknown): boolean {
  return FATAL.test(messageOf(error));
}

/** An error of the disk as one that says so; every other as it is. */
export function asTrouble(path: string, error: unknown): unknown {
  if (isOurs(error) || !TROUBLE.test(messageOf(error))) return error;
  return new StoreTroubleError(path, reasonIn(messageOf(error)), { cause: error });
}

/** Why a database could not be opened, as a sentence for a person. */
export function asOpenTrouble(path: string, error: unknown): unknown {
  const message = messageOf(error);
  if (isOurs(error)) return error;
  if (DAMAGED.test(message)) {
    return new StoreDamagedError(path, 'it is damaged, or no store of Tacho.', { cause: error });
  }
  return asTrouble(path, error);
}

function isOurs(error: unknown): boolean {
  return [StoreHeldError, StoreVersionError, StoreTroubleError, StoreDamagedError].some(
    (known) => error instanceof known,
  );
}

/** The innermost reason, on one line: `Could not write file "…": No space left on device`. */
function reasonIn(message: string): string {
  const original = /Original error: "(.+)"$/s.exec(message)?.[1] ?? message;
  const inner = original.replace(/^.*(?:because of error|Failed to commit): /s, '');
  return inner.replace(/^[\w ]+ Error: /, '').split('\n', 1)[0]!;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
