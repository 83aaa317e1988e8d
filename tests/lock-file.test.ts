import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

type Locked = { packages: Record<string, { optionalDependencies?: Record<string, string>; os?: string[] }> };

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8')) as Locked;

// npm leaves out of the lock file what its registry does not hand out, and `npm ci`, with which a fresh clone begins, then
// refuses the file on every machine.
test('the lock file names the native packages of every platform', () => {
  const locked = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
  const wanted = Object.values(lock.packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  );
  expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  for (const os of ['darwin', 'linux', 'win32']) {
    expect(lock.packages[`node_modules/@duckdb/node-bindings-${os}-x64`]?.os).toEqual([os]);
  }
});
