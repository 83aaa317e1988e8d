import type { SessionInfo } from '@tacho/trace/wire/search';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';

import { sessionTable } from './session-table.ts';

const session = (sessionId: string, more: Partial<SessionInfo>): SessionInfo => ({
  sessionId,
  runs: 1,
  running: 0,
  ok: 1,
  failed: 0,
  interrupted: 0,
  fromUs: 1,
  toUs: 2,
  workUs: 1,
  tokens: 0,
  costUsd: 0,
  unpriced: 0,
  scored: 0,
  meanScore: null,
  errors: 0,
  ...more,
});

test('what became of the runs adds up to them; columns that say nothing are left out', () => {
  const screen = { columns: 120, colours: picocolors.createColors(false) };
  const plain = sessionTable([session('all well', {})], screen);
  expect(plain.split('\n')[0]).toMatch(/^SESSION +LAST +RUNS +OK +WORK +TOKENS +COST$/);
  const cut = sessionTable(
    [session('cut', { runs: 3, interrupted: 2 }), session('failed', { failed: 1 })],
    screen,
  );
  expect(cut.split('\n')[0]).toMatch(/RUNS +OK +FAILED +CUT OFF +WORK/);
  expect(cut.split('\n')[1]).toMatch(/^cut .* 3 +1 +2 /);
});
