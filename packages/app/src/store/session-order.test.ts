import { expect, test } from 'vitest';
import { headerFor, putWhole } from '../../../../tests/store-sample-run.ts';
import { memoryStore } from './duckdb-store.ts';

test('sessions stand in the order in which they were last at work, whenever they began', async () => {
  const store = await memoryStore();
  const run = (sessionId: string, startUs: number, lastUs: number) =>
    putWhole(store, { ...headerFor(sessionId), sessionId, startUs, endUs: lastUs, lastUs, spans: [] });
  await run('began first, ended last', 1_000, 9_000);
  await run('in between', 2_000, 3_000);
  await run('began last', 4_000, 5_000);
  const { sessions } = await store.read((reader) => reader.sessions({}, 10));
  expect(sessions.map(({ sessionId }) => sessionId)).toEqual([
    'began first, ended last',
    'began last',
    'in between',
  ]);
  await store.close();
});
