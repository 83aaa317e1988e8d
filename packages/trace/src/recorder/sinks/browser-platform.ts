import type { Context, Platform } from '../platform.ts';
import { fetchTransport } from './fetch-transport.ts';

let current: object | undefined;

/** Without async context: nesting by context works for synchronous code, explicit handles work everywhere. */
const callContext: Context = {
  current: () => current,
  run(value, fn) {
    const outer = current;
    current = value;
    try {
      return fn(value);
    } finally {
      current = outer;
    }
  },
};

type Page = {
  addEventListener?(name: string, fn: () => void): void;
  removeEventListener?(name: string, fn: () => void): void;
  navigator?: { userAgent?: string };
};
const page = globalThis as Page;

/** A browser, or any other runtime without Node's modules: no disk, no environment; records go to a server or a sink. */
export const browserPlatform: Platform = {
  env: () => undefined,
  facts: page.navigator?.userAgent === undefined ? {} : { runtime: page.navigator.userAgent },
  context: callContext,
  atEndOfTurn: (fn) => void setTimeout(fn, 0),
  later(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  keepAlive: () => () => {},
  atExit(fn) {
    const onHide = (): void => fn({});
    page.addEventListener?.('pagehide', onHide);
    return () => page.removeEventListener?.('pagehide', onHide);
  },
  beforeExit: () => () => {},
  tell: (sentence) => console.warn(`tacho: ${sentence}`),
  transport: fetchTransport,
};
