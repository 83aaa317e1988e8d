import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { json, type Served, serve } from '../server-process.ts';
import { post } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-flood-'));
let served: Served;
beforeAll(async () => {
  served = await serve({ home: join(folder, 'home') });
});
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const FLOODERS = 30;
const FLOOD_MS = 5_000;

function memoryMb(): number {
  try {
    const status = readFileSync(`/proc/${served.process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  } catch {
    return 0;
  }
}

/** Many spans in small lines, or few in lines of a megabyte: the first fills queues, the second memory. */
const KINDS = {
  'many small spans': { spans: 50_000, text: '' },
  'few large spans': { spans: 40, text: 'y'.repeat(1_000_000) },
};

test.each(Object.entries(KINDS))(
  'a flood of %s: bounded memory, and another client is served',
  async (kind, { spans, text }) => {
    const span = (body: number, i: number): string =>
      `${JSON.stringify({
        event: 'span',
        run_id: `${kind} ${body}`,
        span_id: `s${i}`,
        ts: 1.7e9 + i,
        duration_ms: 3,
        ...(text && { inputs: `${text}${body}-${i}` }),
      })}\n`;
    const bodies = Array.from({ length: 4 }, (_, body) =>
      gzipSync(Array.from({ length: spans }, (_, i) => span(body, i)).join(''), { level: 1 }),
    );
    const statuses = new Set<number>();
    let stopped = false;
    const flood = async (no: number): Promise<void> => {
      while (!stopped) {
        const answer = await fetch(`${served.url}/v1/telemetry`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
          body: bodies[no % bodies.length]!,
          signal: ending.signal,
        }).catch(() => undefined);
        if (!answer) continue;
        statuses.add(answer.status);
        if (answer.status === 429) expect(answer.headers.get('retry-after')).toBe('1');
        await answer.text().catch(() => {});
      }
    };
    const ending = new AbortController();
    const flooding = Array.from({ length: FLOODERS }, (_, no) => flood(no));

    const waits: number[] = [];
    let most = 0;
    const until = Date.now() + FLOOD_MS;
    for (let i = 0; Date.now() < until; i++) {
      const before = Date.now();
      const record = {
        event: 'span',
        run_id: `polite ${kind}`,
        span_id: `p${i}`,
        ts: 1.7e9 + i,
        duration_ms: 1,
      };
      let answer = await post(served.url, [record]);
      // With large bodies in memory a polite client may be asked to come back: it does, once or twice.
      while (answer.status === 429) {
        await new Promise((wake) => setTimeout(wake, 200));
        answer = await post(served.url, [record]);
      }
      expect(answer.status).toBe(200);
      await answer.text();
      waits.push(Date.now() - before);
      most = Math.max(most, memoryMb());
      await new Promise((wake) => setTimeout(wake, 100));
    }
    stopped = true;
    ending.abort();
    await Promise.all(flooding);
    expect(Math.max(...waits)).toBeLessThan(20_000);
    expect(most).toBeLessThan(1_500);
    for (const status of statuses) expect([200, 429]).toContain(status);
    expect(
      await json<{ spans: number }>(`${served.url}/api/runs/${encodeURIComponent(`polite ${kind}`)}`),
    ).toMatchObject({
      spans: waits.length,
    });
  },
  60_000,
);
