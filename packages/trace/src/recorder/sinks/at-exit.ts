import type { ExitFacts } from '../platform.ts';

type Listener = (facts: ExitFacts) => void;

const listeners = new Set<Listener>();
let uncaught: { error: unknown } | undefined;

/**
 * Calls back when the process exits. There is one listener of each kind for all runs of the process; both only watch, and
 * neither changes whether or how it ends.
 */
export function atProcessExit(listener: Listener): () => void {
  if (listeners.size === 0) {
    process.on('exit', onExit);
    process.on('uncaughtExceptionMonitor', onUncaught);
  }
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    process.off('exit', onExit);
    process.off('uncaughtExceptionMonitor', onUncaught);
  };
}

function onUncaught(error: unknown): void {
  uncaught = { error };
}

function onExit(code: number): void {
  // A host may catch what was uncaught and go on: then it did not end the process, and the code says so.
  const error = code !== 0 ? uncaught : undefined;
  for (const listener of [...listeners]) listener({ code, ...(error !== undefined && error) });
}

const idle = new Set<() => void>();

/** Calls back when the event loop is empty. Not called on `process.exit` or an uncaught error. */
export function beforeProcessExit(listener: () => void): () => void {
  if (idle.size === 0) process.on('beforeExit', onIdle);
  idle.add(listener);
  return () => {
    if (idle.delete(listener) && idle.size === 0) process.off('beforeExit', onIdle);
  };
}

function onIdle(): void {
  for (const listener of [...idle]) listener();
}
