import { expect, test } from 'vitest';
import { RUN_COLUMNS } from './run-columns.tsx';
import { RUN_LAYOUTS, runLayout } from './run-layouts.ts';

const all = RUN_COLUMNS.map(({ id }) => id);
const idsAt = (windowPx: number): string[] => runLayout(windowPx).columns.map(({ id }) => id);

/** What a person looks for in a list of runs, on whatever window. */
const ALWAYS = ['name', 'status', 'start', 'duration', 'tokens', 'cost', 'agent', 'models', 'score'];

test('all columns stand in one line from 1280 px on, and in two from 900 px on', () => {
  expect(idsAt(1280)).toEqual(all);
  expect(runLayout(1280).below.size).toBe(0);
  expect(idsAt(1024).toSorted()).toEqual(all.toSorted());
  expect(idsAt(900).toSorted()).toEqual(all.toSorted());
});

test('half a screen and a phone leave out nothing that is looked for', () => {
  expect(idsAt(700)).toEqual(expect.arrayContaining(ALWAYS));
  expect(idsAt(320)).toEqual(expect.arrayContaining(ALWAYS));
  expect(all.filter((id) => !idsAt(640).includes(id))).toEqual(['taskType']);
});

test.each(RUN_LAYOUTS)('$name: every line names a column for each track', ({ grid }) => {
  const [lines = '', tracks = ''] = grid.split(' / ');
  const widths = [...lines.matchAll(/"([^"]+)"/g)].map(([, line]) => line!.split(' ').length);
  expect(new Set(widths)).toEqual(new Set([tracks.replaceAll(/\([^)]*\)/g, '').split(' ').length]));
});
