import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

type Library = typeof import('@pydantic/genai-prices');

const NAME = '@pydantic/genai-prices';
const require = createRequire(import.meta.url);
let library: Library | undefined;

/** The library's own, loaded when the first price is asked for: its tables take 50 ms, which most commands have no use for. */
export const findProvider: Library['findProvider'] = (...given) => {
  library ??= require(NAME) as Library;
  return library.findProvider(...given);
};

/** The library with its version: its table has no date of its own, and is as old as its release. */
export function libraryName(): string {
  // Its package.json is not among what it exports.
  const file = join(dirname(require.resolve(NAME)), '..', 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `${NAME} ${version}`;
}
