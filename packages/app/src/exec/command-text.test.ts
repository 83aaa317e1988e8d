import { expect, test } from 'vitest';
import { keptArguments, nameOfCommand } from './command-text.ts';

test.each([
  [
    ['curl', '--api-key', 'abc', 'x'],
    ['curl', '--api-key', '[redacted]', 'x'],
  ],
  [
    ['run', '--token=abc'],
    ['run', '--token=[redacted]'],
  ],
  [
    ['env', 'OPENAI_API_KEY=abc', 'python'],
    ['env', 'OPENAI_API_KEY=[redacted]', 'python'],
  ],
  [
    ['run', '-password', 'p w'],
    ['run', '-password', '[redacted]'],
  ],
  [
    ['run', '--github-token', 'abc'],
    ['run', '--github-token', '[redacted]'],
  ],
  [
    ['echo', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
    ['echo', '[redacted]'],
  ],
])('secrets of %j are not kept', (argv, kept) => {
  expect(keptArguments(argv)).toEqual(kept);
});

test.each([
  [['run', '--max-tokens', '100']],
  [['run', '--tokenizer=bpe', '--secretary', 'Ann']],
  [['token', 'abc']],
  [['make', 'KEY=1']],
  [['run', '--token']],
])('%j is kept as it is', (argv) => {
  expect(keptArguments(argv)).toEqual(argv);
});

test('long arguments and long lists are cut, and say so', () => {
  expect(keptArguments(['echo', 'x'.repeat(5_000)])[1]).toMatch(/^x{2000}… \(5000 characters\)$/);
  const kept = keptArguments(Array.from({ length: 1_000 }, () => 'a'));
  expect(kept).toHaveLength(201);
  expect(kept[200]).toBe('… (800 more arguments)');
});

test('a key that is cut is none that anybody would know again: it goes before', () => {
  const key = `sk-proj-${'a1B2'.repeat(20)}`;
  expect(nameOfCommand(['echo', 'x'.repeat(60), key])).toBe(`echo ${'x'.repeat(60)} [redacted]`);
  expect(keptArguments(['echo', `${'x'.repeat(1_980)} ${key}`])[1]).not.toContain('sk-proj');
});

test('a name is one short line without the folder', () => {
  expect(nameOfCommand(['/usr/bin/python3', '-c', 'import x\nprint(1)'])).toBe(
    'python3 -c import x print(1)',
  );
  expect(nameOfCommand(['npm', '--token', 'abc'])).toBe('npm --token [redacted]');
  expect([...nameOfCommand(['echo', '😀'.repeat(200)])]).toHaveLength(80);
  expect(nameOfCommand([''])).toBe('');
  expect(nameOfCommand(['/'])).toBe('/');
});
