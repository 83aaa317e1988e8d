import type { StageRow, StageTable } from '@tacho/trace/analysis/stage-table';
import type { StageUse } from '@tacho/trace/model/stage-use';
import { expect, test } from 'vitest';
import {
  cpuWords,
  figuresIn,
  lengthOf,
  lookOf,
  memoryWords,
  noteOf,
  shareIn,
  timeText,
} from './stage-figures.ts';

const T = '\u202f';
const NOTHING = { calls: 0, tokens: 0, costUsd: 0, unpriced: 0 };
const use = (more: Partial<StageUse>): StageUse => ({
  cpuUserUs: null,
  cpuSystemUs: null,
  maxRssBytes: null,
  peakTreeRssBytes: null,
  ...more,
});
const row = (more: Partial<StageRow> = {}): StageRow => ({
  name: 'a',
  no: 0,
  depth: 0,
  status: 'done',
  startUs: 10e6,
  endUs: 12e6,
  ...NOTHING,
  ...more,
});
const table = (rows: StageRow[], total: Partial<StageTable['total']> = {}): StageTable => ({
  rows,
  total: { ...NOTHING, cpuUs: null, cpuAtLeast: false, peakBytes: null, ...total },
});
const skipped = row({ status: 'cancelled', endUs: 10e6, use: use({ reason: 'there.txt exists' }) });

test('a stage is called what it is to whoever runs it', () => {
  expect(lookOf(row({ status: 'planned' }), true)).toBe('queued');
  expect(lookOf(row({ status: 'planned' }), false)).toBe('planned');
  expect(lookOf(row({ status: 'error' }), false)).toBe('failed');
  expect(lookOf({ ...row({ status: 'error' }), endUs: undefined } as unknown as StageRow, false)).toBe(
    'torn',
  );
  expect(lookOf(row({ status: 'cancelled' }), false)).toBe('cancelled');
  expect(lookOf(skipped, false)).toBe('skipped');
});

test('a stage that runs is as long as it has run by now; one that never ran has no length', () => {
  const { endUs: _, ...open } = row({ status: 'running' });
  expect(lengthOf(open, 75e6)).toBe(65e6);
  expect(timeText(65e6, true)).toBe('1:05');
  expect(timeText(lengthOf(row(), 75e6), false)).toBe(`2.00${T}s`);
  expect(lengthOf(skipped, 75e6)).toBeUndefined();
  expect(timeText(undefined, false)).toBe('–');
});

test('beside the name stands what went otherwise than planned', () => {
  expect(noteOf(row())).toBe('');
  expect(noteOf(skipped)).toBe('there.txt exists');
  expect(noteOf(row({ use: use({ attempts: 3 }), error: 'exit code 3' }))).toBe('3 attempts · exit code 3');
});

test('user and system time are told apart, and what is not known is said to be', () => {
  const measured = use({ cpuUserUs: 3e6, cpuSystemUs: 1e6 });
  expect(cpuWords(measured, 2e6, false)).toBe(
    `3.00${T}s user, 1.00${T}s system: 2.00 processors busy on average`,
  );
  expect(cpuWords(measured, 2e6, true)).toMatch(/system, so far$/);
  expect(cpuWords(use({ cpuUserUs: 3e6 }), 2e6, false)).toMatch(/^Not known/);
  expect(memoryWords(use({ maxRssBytes: 5e6 }))).toBe(`5.0${T}MB by the largest process`);
  expect(memoryWords(undefined)).toMatch(/^Not known/);
});

test('figures that nobody has need no column', () => {
  expect(figuresIn(table([row()]))).toEqual({ cpu: false, memory: false, calls: false, usage: false });
  const measured = row({ use: use({ cpuUserUs: 0, cpuSystemUs: 0 }) });
  expect(figuresIn(table([measured], { cpuUs: 0 })).cpu).toBe(true);
  const outside = { ...NOTHING, calls: 1, unpriced: 1, costUsd: null };
  expect(figuresIn({ ...table([row()]), outside })).toMatchObject({ calls: true, usage: true });
});

test('the share is of the cost; without one of the tokens; without both of the time', () => {
  const part = { costUsd: 1, tokens: 5 };
  const ofCost = shareIn(table([], { costUsd: 4, tokens: 50 }), 10e6);
  expect([ofCost.of, ofCost.share(part, 5e6)]).toEqual(['cost', 0.25]);
  const ofTokens = shareIn(table([], { costUsd: null, tokens: 50 }), 10e6);
  expect([ofTokens.of, ofTokens.share(part, 5e6)]).toEqual(['tokens', 0.1]);
  const ofTime = shareIn(table([]), 10e6);
  expect([ofTime.of, ofTime.share(part, 5e6), ofTime.share(part)]).toEqual(['time', 0.5, undefined]);
});
