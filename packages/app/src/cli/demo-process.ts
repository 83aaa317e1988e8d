import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Io } from './io.ts';

/** The program, built or as source: beside this file, with the same ending. */
const PROGRAM = fileURLToPath(new URL(`../demo/program${extname(import.meta.url)}`, import.meta.url));

export type DemoRun = {
  /** The run's id; undefined when the program ended before it said so. */
  readonly runId: Promise<string | undefined>;
  /** The program's exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
};

/** Starts the demo's program as a process of its own, as a user's would be. It ends with `io.signal`. */
export function runDemo(
  options: { speed: number; folder?: string; url?: string; token?: string },
  io: Pick<Io, 'env' | 'err' | 'signal'>,
): DemoRun {
  const { speed, folder, url, token } = options;
  const { TACHO_URL: _url, TACHO_TOKEN: _token, TACHO_DISABLED: _off, ...env } = io.env;
  const child = spawn(process.execPath, [PROGRAM, String(speed), folder ?? '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...env,
      ...(url !== undefined && { TACHO_URL: url }),
      ...(token !== undefined && { TACHO_TOKEN: token }),
    },
  });
  child.stderr.on('data', (text) => io.err(String(text)));
  const stop = (): void => void child.kill('SIGTERM');
  io.signal.addEventListener('abort', stop, { once: true });
  const ended = endOf(child).finally(() => io.signal.removeEventListener('abort', stop));
  return { runId: firstLine(child), ended };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  return undefined;
}
