// The built `tacho` as real processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tacho = fileURLToPath(new URL('../packages/app/bin/tacho.js', import.meta.url));

/** Gives `use` a folder of its own, and removes it afterwards. */
export async function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Variables of the person who measures must not lead anywhere else. */
function environment(more = {}) {
  const env = { ...process.env, NO_COLOR: '1', CLAUDE_CONFIG_DIR: join(tmpdir(), 'no-claude'), ...more };
  for (const name of ['TACHO_URL', 'TACHO_DIR', 'TACHO_HOME', 'TACHO_TOKEN', 'TACHO_DISABLED'])
    delete env[name];
  // Where a machine has certificates of its own, every program of Node begins by reading them: 37 ms of someone else's.
  delete env.NODE_EXTRA_CA_CERTS;
  return env;
}

/** Runs a program to its end: milliseconds from its start to its exit, and what it printed. */
export async function timed(program, args, { env = {}, cwd } = {}) {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment(env), cwd });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  const ms = performance.now() - started;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${err || out}`);
  return { ms, out };
}

/** Runs a command of Tacho to its end. */
export const runTacho = (args, options) => timed(process.execPath, [tacho, ...args], options);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * `tacho serve`. Resolves when it answers.
 * @param {{home: string, watch?: string}} options
 */
export async function serveTacho({ home, watch }) {
  const port = await freePort();
  const args = [tacho, 'serve', '--port', String(port), '--no-open', '--home', home];
  args.push('--watch', watch ?? join(home, 'nothing'));
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment() });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const up = await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || performance.now() - started > 20_000)
      throw new Error(`tacho serve did not start:\n${err}`);
    await new Promise((wake) => setTimeout(wake, 5));
  }
  return {
    url,
    startedMs: performance.now() - started,
    pid: child.pid,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Resident memory of a process in MB; undefined where /proc is not. */
export function residentMb(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** JSON from a running server. */
export async function getJson(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}
