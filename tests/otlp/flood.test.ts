import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunList } from '../../packages/trace/src/wire/runs.ts';
import { json, type Served, serve, until } from '../server-process.ts';
import { protobufRequest } from './protobuf-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-otlp-flood-'));
let served: Served;
beforeAll(async () => {
  served = await serve({ home: join(folder, 'home') });
});
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** More than may be inside and wait together: what a request takes up goes by its bytes. */
const CLIENTS = 600;
/** It goes on until it was both taken and turned away; a slow machine may need longer for that. */
const FLOOD_MS = 1_500;
const MOST_FLOOD_MS = 20_000;
const SPANS = 4;
const TEXT = 'what an agent has read '.repeat(650);

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const IDS = Array.from({ length: SPANS }, (_, i) => hex(i + 1, 16));

function memoryMb(): number {
  try {
    const text = readFileSync(`/proc/${served.process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]) / 1024;
  } catch {
    return 0;
  }
}

async function send(body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Response> {
  return await fetch(`${served.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
    ...(signal && { signal }),
  });
}

test('a flood: bounded memory, 429 with Retry-After, another client is served, and what was acknowledged is there', async () => {
  const ending = new AbortController();
  const statuses = new Set<number>();
  const acknowledged = new Set<string>();
  const bodies = Array.from({ length: CLIENTS }, (_, no) => protobufRequest(IDS, hex(no + 1, 32), TEXT));
  const flood = async (body: Uint8Array<ArrayBuffer>, traceId: string): Promise<void> => {
    while (!ending.signal.aborted) {
      const answer = await send(body, ending.signal).catch(() => undefined);
      if (!answer) continue;
      statuses.add(answer.status);
      if (answer.status === 200) acknowledged.add(traceId);
      else expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      await answer.arrayBuffer().catch(() => {});
    }
  };
  const flooding = bodies.map((body, no) => flood(body, hex(no + 1, 32)));

  let polite = 0;
  let most = 0;
  const started = Date.now();
  const lasted = (ms: number): boolean => Date.now() - started > ms;
  while (!lasted(FLOOD_MS) || (statuses.size < 2 && !lasted(MOST_FLOOD_MS))) {
    const body = protobufRequest([hex(++polite, 16)], hex(0xbeef, 32));
    let answer = await send(body);
    while (answer.status === 429) {
      await new Promise((wake) => setTimeout(wake, 200));
      answer = await send(body);
    }
    expect(answer.status).toBe(200);
    most = Math.max(most, memoryMb());
    await new Promise((wake) => setTimeout(wake, 50));
  }
  ending.abort();
  await Promise.all(flooding);
  expect([...statuses].sort()).toEqual([200, 429]);
  expect(most).toBeLessThan(1_500);
  const expected = new Map([...acknowledged].map((traceId) => [traceId, SPANS]));
  expected.set(hex(0xbeef, 32), polite);
  await until(async () => {
    const { runs } = await json<RunList>(`${served.url}/api/runs?limit=1000`);
    const spans = new Map(runs.map((run) => [run.runId, run.spans]));
    return [...expected].every(([traceId, count]) => spans.get(traceId) === count);
  });
}, 60_000);
