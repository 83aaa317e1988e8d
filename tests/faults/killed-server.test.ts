import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunList } from '../../packages/trace/src/wire/runs.ts';
import { freePort, json, type Served, serve } from '../server-process.ts';
import { post } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-kill-'));
let served: Served;
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const CLIENTS = 10;
const KILLS = 5;
const SPANS = 20;

/** One of many that send batches in turn, and each again until it is acknowledged. */
class Client {
  readonly name: string;
  readonly acknowledged: number[] = [];
  retried = 0;
  #stopped = false;

  constructor(no: number) {
    this.name = `client-${no}`;
  }

  async work(url: string): Promise<void> {
    for (let batch = 0; !this.#stopped; batch++) {
      while (!(await this.#send(url, batch))) {
        this.retried++;
        await new Promise((wake) => setTimeout(wake, 30));
      }
      this.acknowledged.push(batch);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Half of what is sent goes to a run of the client's own, half to one that all share. */
  async #send(url: string, batch: number): Promise<boolean> {
    const records = Array.from({ length: SPANS }, (_, i) => ({
      event: 'span',
      run_id: i % 2 === 0 ? this.name : 'shared',
      span_id: `${this.name}-${batch}-${i}`,
      ts: 1.7e9 + batch + i / 100,
      duration_ms: 4,
      inputs: { batch, i, text: `${this.name} says ${batch * i}` },
    }));
    try {
      const answer = await post(url, records);
      await answer.text();
      return answer.ok;
    } catch {
      return false;
    }
  }
}

test('nothing acknowledged is missing and nothing is there twice, however often the server is killed', async () => {
  const port = await freePort();
  const home = join(folder, 'home');
  served = await serve({ home, port });
  const clients = Array.from({ length: CLIENTS }, (_, no) => new Client(no));
  const work = clients.map((client) => client.work(served.url));
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((wake) => setTimeout(wake, 150 + Math.random() * 900));
    await served.kill('SIGKILL');
    served = await serve({ home, port });
  }
  await new Promise((wake) => setTimeout(wake, 300));
  for (const client of clients) client.stop();
  await Promise.all(work);
  expect(clients.reduce((sum, { retried }) => sum + retried, 0)).toBeGreaterThan(0);

  const ended = once(served.process, 'exit');
  served.process.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  served = await serve({ home, port });
  const { runs } = await json<RunList>(`${served.url}/api/runs?limit=1000`);
  const counts = Object.fromEntries(runs.map((run) => [run.runId, run.spans]));
  const expected = Object.fromEntries(
    clients.map(({ name, acknowledged }) => [name, (acknowledged.length * SPANS) / 2]),
  );
  const shared = Object.values(expected).reduce((sum, spans) => sum + spans, 0);
  expect(counts).toEqual({ ...expected, shared });

  for (const { name, acknowledged } of clients) {
    expect(await spanIds(name)).toEqual(idsOf(name, acknowledged, 0));
  }
  expect(await spanIds('shared')).toEqual(
    clients.flatMap(({ name, acknowledged }) => idsOf(name, acknowledged, 1)).sort(),
  );
}, 120_000);

function idsOf(name: string, batches: readonly number[], first: 0 | 1): string[] {
  const places = Array.from({ length: SPANS / 2 }, (_, i) => 2 * i + first);
  return batches.flatMap((batch) => places.map((place) => `${name}-${batch}-${place}`)).sort();
}

async function spanIds(runId: string): Promise<string[]> {
  const text = await (await fetch(`${served.url}/api/runs/${runId}/export?format=telemetry`)).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; span_id: string })
    .filter(({ event }) => event === 'span')
    .map(({ span_id }) => span_id)
    .sort();
}
