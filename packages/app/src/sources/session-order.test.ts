import type { Format } from '@tacho/trace/formats/format';
import { formatNamed } from '@tacho/trace/formats/index';
import { expect, test } from 'vitest';
import { inReadingOrder, type Recognised } from './session-order.ts';

function file(name: string, path: string, firstUs = 0): Recognised {
  return { path, format: formatNamed(name) as Format, size: 1, modifiedMs: 0, firstUs };
}

const order = (...files: Recognised[]): string[] => inReadingOrder(files).map(({ path }) => path);

test('a forked thread of Codex comes after the one whose calls it repeats, whatever their names', () => {
  expect(order(file('codex', '/s/a-fork.jsonl', 3), file('codex', '/s/b-origin.jsonl', 2))).toEqual([
    '/s/b-origin.jsonl',
    '/s/a-fork.jsonl',
  ]);
});

test('sessions of several tools come by their beginning, after everything else', () => {
  expect(
    order(
      file('codex', '/2.jsonl', 2),
      file('gemini-cli', '/3.json', 3),
      file('claude-code', '/1.jsonl', 1),
      file('telemetry', '/telemetry.jsonl', 9),
    ),
  ).toEqual(['/telemetry.jsonl', '/1.jsonl', '/2.jsonl', '/3.json']);
});

test('continued trajectories follow what they continue, each folder for itself', () => {
  expect(
    order(
      file('atif', '/a/trajectory.cont-10.json'),
      file('atif', '/a/trajectory.cont-2.json'),
      file('telemetry', '/a/t.jsonl'),
      file('atif', '/a/trajectory.json'),
      file('atif', '/b/trajectory.json'),
    ),
  ).toEqual([
    '/a/trajectory.json',
    '/a/trajectory.cont-2.json',
    '/a/t.jsonl',
    '/a/trajectory.cont-10.json',
    '/b/trajectory.json',
  ]);
});
