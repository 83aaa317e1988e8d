import { hostname } from 'node:os';
import { asyncContext } from '../context.ts';
import type { Platform } from '../platform.ts';
import { atProcessExit, beforeProcessExit } from './at-exit.ts';
import { measureFile } from './run-file.ts';
import { joinRunFolder, openRunFolder } from './run-folder.ts';

const later: Platform['later'] = (ms, fn) => {
  const timer = setTimeout(fn, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

const tell: Platform['tell'] = (sentence) => {
  try {
    process.stderr.write(`tacho: ${sentence}\n`);
  } catch {
    // Nobody listens.
  }
};

export const nodePlatform: Platform = {
  env: (name) => process.env[name],
  process: { pid: process.pid, host: hostname() },
  facts: { argv: process.argv.join(' '), runtime: `node ${process.version}` },
  context: asyncContext,
  // A tick queued by a microtask runs when no microtask is left, however long the chain of promises was.
  atEndOfTurn: (fn) => process.nextTick(() => queueMicrotask(() => process.nextTick(fn))),
  later,
  keepAlive() {
    const timer = setInterval(() => {}, 60_000);
    return () => clearInterval(timer);
  },
  atExit: atProcessExit,
  beforeExit: beforeProcessExit,
  tell,
  // Most runs go to a folder, and to load HTTP and TLS takes 3 ms.
  transport: async (request) => (await import('./node-transport.ts')).nodeTransport(request),
  openFolder: (folder, runId) => openRunFolder(folder, runId, tell, later),
  joinFolder: (folder, runId) => joinRunFolder(folder, runId, tell, later),
  measure: measureFile,
};
