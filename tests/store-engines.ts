import { memoryStore } from '../packages/app/src/store/duckdb-store.ts';
import type { Store } from '../packages/app/src/store/store.ts';

/** Every engine, by the function that makes an empty store: the contract's tests go through all of them. */
export const ENGINES: Record<string, () => Promise<Store>> = { DuckDB: memoryStore };
