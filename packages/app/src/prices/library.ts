import { createRequire } from 'node:module';

type Library = typeof import('@pydantic/genai-prices');

let library: Library | undefined;

/** The library's own, loaded when the first price is asked for: its tables take 50 ms, which most commands have no use for. */
export const findProvider: Library['findProvider'] = (...given) => {
  library ??= createRequire(import.meta.url)('@pydantic/genai-prices') as Library;
  return library.findProvider(...given);
};
