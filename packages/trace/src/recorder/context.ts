import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from './platform.ts';

/** One for all runs of a process: every storage in use adds to the cost of every promise. */
const storage = new AsyncLocalStorage<object>();

/** The span around the code that runs now, through promises, timers and callbacks. */
export const asyncContext: Context = {
  current: () => storage.getStore(),
  run: (value, fn) => storage.run(value, fn, value),
};
