import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../packages/app/src/store/duckdb-store.ts';
import { StoreHeldError } from '../packages/app/src/store/store.ts';

const built = pathToFileURL(join(import.meta.dirname, '..', 'packages/app/dist/store/')).href;

/** Writes run after run, going on behind the last one there is, and says the number of each that is durable. */
const PROGRAM = `
  import { writeSync } from 'node:fs';
  import { openStore } from '${built}duckdb-store.js';
  const store = await openStore(process.argv[2]);
  const { total } = await store.read((reader) => reader.runs({ limit: 1 }));
  for (let i = total; ; i++) {
    const spans = Array.from({ length: 50 }, (_, no) => ({
      spanId: i + '-' + no, name: 'step ' + no, kind: 'task', startUs: 1.7e15 + no, status: 'ok', inputs: { i, no },
    }));
    const header = { runId: 'run-' + i, name: 'run', labels: {}, startUs: 1, lastUs: 1, status: 'running', scores: [], notes: [], attributes: {} };
    const summary = { ...header, spans: spans.length, openSpans: 0, errors: 0, toolCalls: 0, llmCalls: 0, agents: { total: 0, running: 0, done: 0, failed: 0 }, models: [], tokens: 0, rounds: 0, leverage: null, durationUs: 0 };
    await store.write(async (writer) => {
      await writer.putSpans(header.runId, spans.map((span, no) => ({ no, span })));
      await writer.putRun(header, summary);
    });
    writeSync(1, i + '\\n');
  }`;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-store-'));
  writeFileSync(join(home, 'writer.mjs'), PROGRAM);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function startWriter(): ChildProcess {
  return spawn(process.execPath, [join(home, 'writer.mjs'), home], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('after a SIGKILL at any moment everything acknowledged is there, and no half transaction', async () => {
  let first = 0;
  for (let round = 0; round < 8; round++) {
    const child = startWriter();
    const closed = once(child, 'close');
    let acknowledged = first - 1;
    for await (const line of createInterface({ input: child.stdout! })) {
      if (acknowledged < first) setTimeout(() => child.kill('SIGKILL'), Math.random() * 200);
      acknowledged = Number(line);
    }
    await closed;
    expect(acknowledged).toBeGreaterThanOrEqual(first);
    const store = await openStore(home);
    const { total } = await store.read((reader) => reader.runs({ limit: 1 }));
    // The write under way may have become durable before it could be told.
    expect([acknowledged + 1, acknowledged + 2]).toContain(total);
    for (let i = first; i < total; i++) {
      const run = (await store.read((reader) => reader.fullRun(`run-${i}`)))!;
      expect(run.spans).toHaveLength(50);
      expect(run.spans[49]).toMatchObject({ spanId: `${i}-49`, inputs: { i, no: 49 } });
    }
    await store.close();
    first = total;
  }
}, 120_000);

test('a second process that opens the store is told who holds it', async () => {
  const child = startWriter();
  const closed = once(child, 'close');
  await once(child.stdout!, 'data');
  const held = await openStore(home).catch((error: unknown) => error);
  child.kill('SIGKILL');
  await closed;
  expect(held).toBeInstanceOf(StoreHeldError);
  expect(held).toMatchObject({ pid: child.pid });
  await (await openStore(home)).close();
}, 60_000);
