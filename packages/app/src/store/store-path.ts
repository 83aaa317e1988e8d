import { join, resolve } from 'node:path';

/** The file of the store in the folder `home`. By itself, since whoever only asks whether it is there needs no engine. */
export function storePath(home: string): string {
  return join(resolve(home), 'tacho.duckdb');
}
