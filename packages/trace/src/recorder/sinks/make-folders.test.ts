import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders } from './make-folders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('makes what is missing, and leaves what is there', () => {
  const deep = join(folder, 'a', 'b', 'c');
  makeFolders(deep);
  makeFolders(deep);
  makeFolders('/');
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('says why where a file is in the way', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeFolders(join(folder, 'file', 'x', 'y'))).toThrow('ENOTDIR');
});

test.runIf(process.platform === 'linux')('gives up below what takes no folders', () => {
  expect(() => makeFolders('/proc/nope')).toThrow('ENOENT');
  expect(() => makeFolders('/proc/nope/deeper/still')).toThrow('ENOENT');
});
