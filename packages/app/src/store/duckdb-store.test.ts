import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { judgedFactsOf } from '@tacho/trace/analysis/judged-facts';
import type { Span } from '@tacho/trace/model/span';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { headerFor, putWhole, summaryFor } from '../../../../tests/store-sample-run.ts';
import { memoryStore, openStore } from './duckdb-store.ts';
import { StoreVersionError } from './store.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-store-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

test('a second opening in the same process says so', async () => {
  const store = await openStore(home);
  await expect(openStore(home)).rejects.toMatchObject({ name: 'StoreHeldError', pid: process.pid });
  await store.close();
  await (await openStore(home)).close();
});

test('a store of another version is refused and left as it is', async () => {
  await (await openStore(home)).close();
  const path = join(home, 'tacho.duckdb');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("UPDATE meta SET value = '99' WHERE key = 'schema_version'");
  connection.closeSync();
  instance.closeSync();
  const before = statSync(path);
  await expect(openStore(home)).rejects.toThrow(StoreVersionError);
  await expect(openStore(home)).rejects.toThrow(/version 99.*newer Tacho/);
  expect(statSync(path).mtimeMs).toBe(before.mtimeMs);
});

test('a store of the version before is one of this version when it is opened, and loses nothing', async () => {
  const store = await openStore(home);
  const oldSpan: Span = {
    spanId: 'a',
    name: 'a',
    kind: 'tool',
    startUs: 1.7e15,
    status: 'ok',
    outputs: 'kept',
  };
  await putWhole(store, { ...headerFor('old'), name: 'before', spans: [oldSpan] });
  await store.close();
  const instance = await DuckDBInstance.create(join(home, 'tacho.duckdb'));
  const connection = await instance.connect();
  await connection.run('ALTER TABLE runs DROP COLUMN judged');
  await connection.run('ALTER TABLE payloads DROP COLUMN head');
  await connection.run("UPDATE meta SET value = '1' WHERE key = 'schema_version'");
  connection.closeSync();
  instance.closeSync();
  const judged = judgedFactsOf(summaryFor(headerFor('new')));
  for (const opening of [1, 2]) {
    const upgraded = await openStore(home);
    await upgraded.write((writer) => writer.putRun(headerFor('new'), summaryFor(headerFor('new')), judged));
    const found: string[] = [];
    await upgraded.read((reader) =>
      reader.eachJudged(
        {},
        {
          facts: ({ runId }) => found.push(`${runId} judged`),
          summary: ({ runId, name }) => found.push(`${runId} ${name}`),
        },
      ),
    );
    expect([opening, ...found.sort()]).toEqual([opening, 'new judged', 'old before']);
    const long = { ...oldSpan, outputs: `${opening} ${'long '.repeat(20_000)}` };
    await putWhole(upgraded, { ...headerFor(`long ${opening}`), spans: [oldSpan, { ...long, spanId: 'b' }] });
    for (const [runId, outputs] of [
      ['old', ['kept']],
      [`long ${opening}`, ['kept', long.outputs]],
    ] as const) {
      const run = await upgraded.read((reader) => reader.fullRun(runId));
      expect(run?.spans.map((span) => span.outputs)).toEqual(outputs);
    }
    await upgraded.write((writer) => writer.deleteRun(`long ${opening}`));
    await upgraded.close();
  }
});

test('contents that are larger than the engine’s memory are stored, read and searched', async () => {
  const store = await openStore(home, 160);
  const shot = (no: number): string => `shot${no} ${randomBytes(450_000).toString('base64')}`;
  const spans = Array.from({ length: 450 }, (_, no): Span => {
    return {
      spanId: `s${no}`,
      name: 'shot',
      kind: 'tool',
      startUs: 1.7e15 + no,
      status: 'ok',
      outputs: shot(no),
    };
  });
  for (let at = 0; at < spans.length; at += 50)
    await store.write(async (writer) => {
      await writer.putSpans(
        'r',
        spans.slice(at, at + 50).map((span, no) => ({ no: at + no, span })),
      );
      await writer.putRun(headerFor('r'), summaryFor(headerFor('r')));
    });
  expect((await store.read((reader) => reader.span('r', 449)))?.outputs).toBe(spans[449]!.outputs);
  expect((await store.read((reader) => reader.search('shot448 ', 10))).total).toBe(1);
  await store.close();
});

test('a database that is not a store is refused', async () => {
  const instance = await DuckDBInstance.create(join(home, 'tacho.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE other (x INTEGER)');
  connection.closeSync();
  instance.closeSync();
  await expect(openStore(home)).rejects.toThrow(StoreVersionError);
});

test('what was written is there after closing and opening', async () => {
  const run = { ...headerFor('r'), spans: [] };
  const store = await openStore(home);
  await putWhole(store, run);
  await store.close();
  await expect(store.read((reader) => reader.run('r'))).rejects.toThrow(/closed/);
  const again = await openStore(home);
  expect(await again.read((reader) => reader.run('r'))).toEqual(run);
  await again.close();
});

test('each content is stored once, also over restarts', async () => {
  const payload = (no: number): object => ({ prompt: `p${no % 7}` });
  const spans = Array.from({ length: 100 }, (_, no) => ({
    spanId: `s${no}`,
    name: 'n',
    kind: 'task' as const,
    startUs: 1,
    status: 'ok' as const,
    inputs: payload(no) as { prompt: string },
    outputs: payload(no + 1) as { prompt: string },
  }));
  for (const runId of ['a', 'b']) {
    const store = await openStore(home);
    await putWhole(store, { ...headerFor(runId), spans });
    await putWhole(store, { ...headerFor(`${runId} again`), spans });
    await store.close();
  }
  const instance = await DuckDBInstance.create(join(home, 'tacho.duckdb'));
  const connection = await instance.connect();
  const counted = await connection.runAndReadAll(
    'SELECT count(*)::INTEGER, count(DISTINCT content)::INTEGER FROM payloads',
  );
  connection.closeSync();
  instance.closeSync();
  expect(counted.getRows()).toEqual([[7, 7]]);
});

test('what was asked of an empty store is answered as well when it is not empty any more', async () => {
  const store = await openStore(home);
  const positions = (): Promise<string[]> =>
    store.read(async (reader) => (await reader.positions()).map(({ uri }) => uri));
  expect(await positions()).toEqual([]);
  const uris = ['a', 'a-name-that-is-longer-than-any-before', 'b'];
  for (const [i, uri] of uris.entries()) {
    await store.write((writer) =>
      writer.putPosition({
        uri,
        format: 'telemetry',
        offset: 2 ** (10 * i),
        size: i,
        modifiedMs: 0,
        fingerprint: '0:',
        runIds: [],
      }),
    );
    expect(await positions()).toEqual(uris.slice(0, i + 1));
  }
  await store.close();
});

test('queries of people that take long leave threads for everything else, and wait for each other', async () => {
  const store = await openStore(home);
  const endless = 'SELECT count(*) FROM range(1000000000) a, range(1000000) b';
  const ended: string[] = [];
  const slow = Array.from({ length: 6 }, (_, no) =>
    store.query(endless, { rows: 1, timeoutMs: no < 2 ? 2000 : 500 }).catch((error: Error) => {
      ended.push(error.message);
    }),
  );
  await putWhole(store, { ...headerFor('r'), spans: [] });
  expect(await store.read((reader) => reader.run('r'))).toBeDefined();
  // The first two, whose time has not come, are still at work.
  expect(ended).not.toContain('The query took longer than 2 s and was stopped.');
  await Promise.all(slow);
  expect(ended.slice(0, 4)).toEqual(Array(4).fill('Other queries have been at work for 0.5 s.'));
  expect(ended.slice(4)).toEqual(Array(2).fill('The query took longer than 2 s and was stopped.'));
  expect((await store.query('SELECT 1', { rows: 1, timeoutMs: 1000 })).rows).toEqual([[1]]);
  await store.close();
});

test('a query that says nothing is told so', async () => {
  const store = await openStore(home);
  for (const sql of ['', ' ', ';', '-- nothing', '/* nothing */'])
    await expect(store.query(sql, { rows: 1, timeoutMs: 1000 })).rejects.toThrow('no statement');
  await store.close();
});

test('a query that is large is cut, and one that is slow does not hold a store that is closed', async () => {
  const store = await memoryStore();
  const limits = { rows: 1000, timeoutMs: 60_000 };
  const large = await store.query("SELECT repeat('x', 4000000) AS text FROM range(100)", limits);
  expect(large.truncated).toBe(true);
  expect(large.rows.length).toBeLessThan(20);
  const slow = store.query('SELECT count(*) FROM range(1000000000) a, range(1000000) b', limits);
  const failed = expect(slow).rejects.toThrow();
  await new Promise((wake) => setTimeout(wake, 200));
  await store.close();
  await failed;
});
