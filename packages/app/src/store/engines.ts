import { memoryStore } from './duckdb-store.ts';
import type { Store } from './store.ts';

/** Every engine, by the function that makes an empty store: the contract's tests go through all of them. */
export const ENGINES: Record<string, () => Promise<Store>> = { DuckDB: memoryStore };
