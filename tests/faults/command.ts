import { spawn } from 'node:child_process';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '..', '..', 'packages/app/bin/tacho.js');

export type Ended = { code: number | null; out: string; err: string };

/** `tacho …` as people run it; resolves when it has ended. */
export function tacho(
  argv: readonly string[],
  options: { home: string; input?: string | Uint8Array; cwd?: string },
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...argv], {
    cwd: options.cwd ?? process.cwd(),
    env: {
      ...process.env,
      TACHO_HOME: options.home,
      CLAUDE_CONFIG_DIR: join(options.home, 'no-claude'),
      NO_COLOR: '1',
    },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => {
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', (text) => {
      ended.out += text;
    });
    child.stderr.on('data', (text) => {
      ended.err += text;
    });
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

/** Sends records to a server as a client would. */
export function post(
  url: string,
  records: readonly object[],
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/v1/telemetry`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  });
}
