import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { RunList } from '../../packages/trace/src/wire/runs.ts';
import { freePort, json, type Served, serve } from '../server-process.ts';
import { protobufRequest } from './protobuf-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-otlp-kill-'));
let served: Served;
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const CLIENTS = 6;
const KILLS = 3;
const SPANS = 20;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const spanIds = (client: number, batch: number): string[] =>
  Array.from({ length: SPANS }, (_, i) => hex(client + 1, 4) + hex(batch, 8) + hex(i, 4));

/** An exporter that sends each batch until it is acknowledged; the first half of its batches go to a trace that all share. */
class Exporter {
  readonly #no: number;
  acknowledged = 0;
  retried = 0;
  stopped = false;

  constructor(no: number) {
    this.#no = no;
  }

  get traceId(): string {
    return hex(0xc0ffee00 + this.#no, 32);
  }

  async work(url: string): Promise<void> {
    for (; !this.stopped; this.acknowledged++) {
      while (!(await this.#send(url, this.acknowledged))) {
        this.retried++;
        await new Promise((wake) => setTimeout(wake, 30));
      }
    }
  }

  async #send(url: string, batch: number): Promise<boolean> {
    const ids = spanIds(this.#no, batch);
    const bodies = [
      protobufRequest(ids.slice(0, SPANS / 2), this.traceId),
      protobufRequest(ids.slice(SPANS / 2), SHARED),
    ];
    try {
      const answer = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
        // Two requests one behind the other are one: so protobuf is made.
        body: new Uint8Array(gzipSync(Buffer.concat(bodies))),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }
}

const SHARED = hex(0x5a5a, 32);

test('nothing acknowledged is missing and nothing is there twice, however often the server is killed', async () => {
  const port = await freePort();
  const home = join(folder, 'home');
  served = await serve({ home, port });
  const exporters = Array.from({ length: CLIENTS }, (_, no) => new Exporter(no));
  const work = exporters.map((exporter) => exporter.work(served.url));
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((wake) => setTimeout(wake, 150 + Math.random() * 600));
    await served.kill('SIGKILL');
    served = await serve({ home, port });
  }
  await new Promise((wake) => setTimeout(wake, 200));
  for (const exporter of exporters) exporter.stopped = true;
  await Promise.all(work);
  expect(exporters.reduce((sum, { retried }) => sum + retried, 0)).toBeGreaterThan(0);

  const ended = once(served.process, 'exit');
  served.process.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  served = await serve({ home, port });
  const { runs } = await json<RunList>(`${served.url}/api/runs?limit=1000`);
  const all = exporters.map(({ acknowledged, traceId }, no) => ({
    traceId,
    ids: Array.from({ length: acknowledged }, (_, batch) => spanIds(no, batch)),
  }));
  const own = all.map(
    ({ traceId, ids }) => [traceId, ids.flatMap((batch) => batch.slice(0, SPANS / 2))] as const,
  );
  const shared = all.flatMap(({ ids }) => ids.flatMap((batch) => batch.slice(SPANS / 2)));
  const expected = [...own, [SHARED, shared] as const];
  expect(Object.fromEntries(runs.map((run) => [run.runId, run.spans]))).toEqual(
    Object.fromEntries(expected.map(([traceId, ids]) => [traceId, ids.length])),
  );
  for (const [traceId, ids] of expected) expect(await storedIds(traceId)).toEqual([...ids].sort());
}, 60_000);

async function storedIds(runId: string): Promise<string[]> {
  const text = await (await fetch(`${served.url}/api/runs/${runId}/export?format=telemetry`)).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; span_id: string })
    .filter(({ event }) => event === 'span')
    .map(({ span_id }) => span_id)
    .sort();
}
