import { once } from 'node:events';
import { ignoredAtStart } from '../exec/ignored-signals.ts';
import { inheritedDescriptors } from '../exec/inherited-descriptors.ts';
import type { Io, ProcessIo } from './io.ts';
import { run } from './main.ts';

/** What the process was started with, beyond what Node tells. */
type AtStart = Pick<ProcessIo, 'descriptors' | 'ignored'>;

/** The real terminal. */
export function processIo(signal: AbortSignal, { descriptors, ignored }: AtStart): Io {
  const { stdout, stderr } = process;
  let closed = false;
  // `tacho runs | head` closes the pipe early: that is the reader's decision, and no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
    closed = true;
  });
  stderr.on('error', () => {});
  return {
    out: (text) => {
      if (!closed) stdout.write(text);
    },
    err: (text) => void stderr.write(text),
    async writeOut(text) {
      if (closed) return false;
      if (!stdout.write(text))
        await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {});
      return !closed;
    },
    // Not before somebody reads: what is opened here, a program that is run in our place would no longer find as it was.
    get stdin() {
      return process.stdin as AsyncIterable<Uint8Array>;
    },
    env: process.env,
    cwd: process.cwd(),
    interactive: stdout.isTTY === true,
    errInteractive: stderr.isTTY === true,
    // Into a file or a pipe: as wide as what a person can still read, and ids stay whole.
    columns: stdout.columns ?? 160,
    signal,
    process: { stdout, stderr, descriptors, ignored, takeSignals: takerOf(ignored) },
  };
}

/** Who has taken signals, instead of being stopped by them. */
let taken: ReadonlySet<NodeJS.Signals> = new Set();

function takerOf(ignored: ReadonlySet<NodeJS.Signals>): ProcessIo['takeSignals'] {
  return (signals, handler) => {
    const heard = signals.filter((signal) => !ignored.has(signal));
    taken = new Set(heard);
    const listeners = heard.map((signal) => [signal, () => handler(signal)] as const);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    return () => {
      taken = new Set();
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
  };
}

/** What bin/tacho.js calls: runs the process's own command line and sets its exit code. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  const argv = process.argv.slice(2);
  // Before a file is opened.
  const descriptors = argv[0] === 'exec' ? inheritedDescriptors() : [];
  const ignored = ignoredAtStart(process.env);
  // Node has no other way to ignore one. (`nohup tacho serve` outlives its terminal.)
  for (const signal of ignored) process.on(signal, () => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (ignored.has(signal)) continue;
    process.on(signal, () => {
      if (taken.has(signal)) return;
      // The second time somebody means it.
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort();
    });
  }
  // Until there is an answer: as Node itself says of a program that has nothing left to do and still waits.
  process.exitCode = 13;
  process.exitCode = await run(argv, processIo(stopping.signal, { descriptors, ignored }));
}
