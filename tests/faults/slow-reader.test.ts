import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serve, until } from '../server-process.ts';
import { post } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-slow-'));
let served: Served;
beforeAll(async () => {
  served = await serve({ home: join(folder, 'home') });
});
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Memory of a process in MB; undefined where the system does not say. */
function memoryMb(pid: number): number | undefined {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** A page whose machine fell asleep: asks for the stream of a run and reads nothing of it. */
async function sleeper(runId: string): Promise<Socket> {
  const { port } = new URL(served.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET /events?run=${runId} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  return socket;
}

const batch = (runId: string, from: number): object[] =>
  Array.from({ length: 2000 }, (_, i) => ({
    event: 'span',
    run_id: runId,
    span_id: `s${from + i}`,
    name: `step ${from + i} ${'of a long way '.repeat(30)}`,
    ts: 1.7e9 + from + i,
    duration_ms: 5,
  }));

test('pages that do not read are dropped: nothing piles up for them, and nobody waits for them', async () => {
  const sockets = await Promise.all(Array.from({ length: 50 }, () => sleeper('wide')));
  await until(async () => connections() >= 50);
  const before = memoryMb(served.process.pid!);
  for (let i = 0; i < 30; i++) {
    const answer = await post(served.url, batch('wide', i * 2000));
    expect(answer.status).toBe(200);
    await answer.text();
  }
  const after = memoryMb(served.process.pid!);
  // Their connections are closed as well: what waits in them would stay otherwise.
  await until(async () => connections() < 10);
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(500);
  for (const socket of sockets) socket.destroy();
}, 60_000);

/** Connections to the server that are established at its end; the requests of this test leave a few. */
function connections(): number {
  const port = Number(new URL(served.url).port).toString(16).toUpperCase().padStart(4, '0');
  const ours = new RegExp(`^ *\\d+: 0100007F:${port} 0100007F:\\S+ 01 `);
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .filter((line) => ours.test(line)).length;
}
