import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const tacho = join(import.meta.dirname, '..', 'packages/app/bin/tacho.js');
const program = join(import.meta.dirname, '..', 'packages/app/dist/demo/program.js');

/** A port nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export type Served = {
  url: string;
  process: ChildProcess;
  output(): string;
  kill(signal?: NodeJS.Signals): Promise<void>;
};

/** `tacho serve` as a real process; resolves when it answers. */
export async function serve(options: {
  home: string;
  watch?: string;
  port?: number;
  more?: string[];
}): Promise<Served> {
  const port = options.port ?? (await freePort());
  const args = ['serve', '--port', String(port), '--no-open', '--home', options.home];
  // Not the folder of whoever runs the tests: there may be logs in it.
  args.push('--watch', options.watch ?? join(options.home, 'no-logs'));
  const child = spawn(process.execPath, [tacho, ...args, ...(options.more ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CLAUDE_CONFIG_DIR: join(options.home, 'no-claude'), NO_COLOR: '1' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 20_000;
  for (;;) {
    const up = await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`tacho serve did not start:\n${output}`);
    await new Promise((wake) => setTimeout(wake, 25));
  }
  return {
    url,
    process: child,
    output: () => output,
    async kill(signal = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** The demo's program, recording into `dir`. */
export function recordDemo(dir: string, speed: number): ChildProcess {
  return spawn(process.execPath, [program, String(speed), dir], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export async function json<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Asks until the answer is something. */
export async function until<T>(ask: () => Promise<T | undefined | false>, forMs = 30_000): Promise<T> {
  const deadline = Date.now() + forMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${forMs} ms in vain.`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
