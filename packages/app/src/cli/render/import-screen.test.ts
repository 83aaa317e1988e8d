import { expect, test } from 'vitest';
import type { ImportResult } from '../../sources/import.ts';
import { coloursFor } from './colours.ts';
import { importScreen } from './import-screen.ts';

const NOTHING: ImportResult = {
  runs: [],
  files: 0,
  records: 0,
  duplicates: 0,
  refused: [],
  skipped: [],
  unchanged: 0,
  recognised: {},
  joined: {},
};
const plainColours = coloursFor({ env: {}, interactive: false });

function screen(result: Partial<ImportResult>): { told: string; left: string } {
  return importScreen({ ...NOTHING, ...result }, '/here', plainColours);
}

test('files of the same unknown kind are one group, the largest first', () => {
  const file = (name: string, found: string) => ({
    file: `/here/${name}`,
    line: 1,
    reason: `not recognised: ${found}; expected one of a, b`,
    found,
  });
  const { left } = screen({
    refused: [
      file('lonely.md', 'text that begins "# Hello"'),
      file('a.json', 'JSON with the fields x'),
      file('b.json', 'JSON with the fields x'),
    ],
  });
  expect(left.split('\n').slice(0, 5)).toEqual([
    '3 files not recognised (`tacho formats` lists what can be read):',
    '    2  JSON with the fields x',
    '       a.json, and 1 more',
    '    1  text that begins "# Hello"',
    '       lonely.md',
  ]);
});

test('what is known of another tool is said with what to do', () => {
  const [found, advice] = ['a trace of another tool', 'That tool gives it as OTLP.'];
  const { left } = screen({
    refused: [{ file: '/here/t.json', line: 1, reason: 'not read', found, advice }],
  });
  expect(left.split('\n').slice(1, 4)).toEqual([
    '    1  a trace of another tool',
    '       t.json',
    '       That tool gives it as OTLP.',
  ]);
});

test('what is damaged in a file that was read is told with its line, apart from unknown files', () => {
  const { left } = screen({
    refused: [{ file: '/elsewhere/run.jsonl', line: 12, reason: 'the line is torn' }],
  });
  expect(left).toContain('1 place could not be read:\n    1  the line is torn\n');
  expect(left).toContain('/elsewhere/run.jsonl:12');
  expect(left).not.toContain('not recognised');
});

test('thousands of reasons fit on a screen, and how many are not shown is said', () => {
  const refused = Array.from({ length: 5_000 }, (_, at) => ({
    file: '/here/x',
    line: at,
    reason: `odd ${at}`,
  }));
  const { left } = screen({ refused });
  expect(left.split('\n').length).toBeLessThan(30);
  expect(left).toContain('4,988 other places');
});

test('what files and reasons bring along does nothing to the terminal', () => {
  const { left } = screen({
    refused: [{ file: '/here/\u001b[2Jx', line: null, reason: 'bad\u001b]0;title\u0007\nword' }],
    skipped: [{ file: '/here/\u001b[31my', reason: 'it is empty' }],
  });
  expect(left).not.toContain('\u001b');
  expect(left).toContain('bad word');
});
