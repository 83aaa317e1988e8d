import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNamed, folderAfter } from './file-paths.ts';

test.each([
  ['a.ts', 'a.ts'],
  ['./a.ts', 'a.ts'],
  ['/srv/a.ts', 'a.ts'],
  ['src/../a.ts', 'a.ts'],
  ['src//./a.ts', 'src/a.ts'],
  ['/srv/', '/srv'],
  ['/workshop/a.ts', '/workshop/a.ts'],
  ['../a.ts', '/a.ts'],
  ['/tmp/x', '/tmp/x'],
  ['~/x', '~/x'],
  ['/dev/null', undefined],
  ['src/*.ts', undefined],
  ['$FILE', undefined],
  ['-', undefined],
  ['', undefined],
])('in /srv, %s is %s', (path, name) => {
  expect(fileNamed(path, '/srv')).toBe(name);
});

test('on Windows and without a folder', () => {
  expect(fileNamed('C:\\work\\src\\a.ts', 'C:\\work')).toBe('src/a.ts');
  expect(fileNamed('src\\a.ts', 'C:\\work')).toBe('src/a.ts');
  expect(fileNamed('./a.ts', undefined)).toBe('a.ts');
  expect(fileNamed('../a.ts', undefined)).toBe('../a.ts');
});

test('cd leads to folders that anybody can know', () => {
  expect(folderAfter('src', '/srv')).toBe('/srv/src');
  expect(folderAfter('..', '/srv/src')).toBe('/srv');
  expect(folderAfter('$HOME', '/srv')).toBeUndefined();
  expect(folderAfter(undefined, '/srv')).toBe('~');
});

test('a name is its own name, however deep', () => {
  const part = fc.constantFrom('a', 'b', '.', '..', '', 'c d');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), (parts, rooted) => {
      const name = fileNamed((rooted ? '/' : '') + parts.join('/'), '/srv');
      if (name !== undefined) expect(fileNamed(name, '/srv')).toBe(name);
    }),
  );
  expect(fileNamed(`${'x/../'.repeat(100_000)}a`, '/srv')).toBe('a');
});
