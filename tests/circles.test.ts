import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { expect, test } from 'vitest';

const packages = join(import.meta.dirname, '..', 'packages');
const files = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => /^\w+\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$/.test(file));
const known = new Set(files);

/** The files of ours that a file imports, types included: a type that two files pass back and forth has no floor either. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(packages, file), 'utf8');
  return [...source.matchAll(/^(?!.*`).*\bfrom\s+'(\.[^']+|@tacho\/trace\/[^']+)'/gm)]
    .map(([, to]) =>
      to!.startsWith('.')
        ? join(dirname(file), to!).split(sep).join('/')
        : `${to!.replace('@tacho/trace', 'trace/src')}.ts`,
    )
    .filter((to) => known.has(to));
}

/** Takes away, again and again, what imports nothing that is left: what remains is in a circle, or leads to one. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(graph);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [file, imports] of left) if (!imports.some((to) => left.has(to))) left.delete(file);
  }
  return [...left.keys()].sort();
}

test('no file imports itself by a detour', () => {
  expect(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
        ['c', []],
      ]),
    ),
  ).toEqual(['a', 'b']);
  expect(circles(new Map(files.map((file) => [file, importsOf(file)])))).toEqual([]);
});

test('files are small: none over 500 lines, nine of ten under 300', () => {
  const lengths = files.map((file) => ({
    file,
    lines: readFileSync(join(packages, file), 'utf8').split('\n').length,
  }));
  expect(lengths.filter(({ lines }) => lines > 500)).toEqual([]);
  expect(lengths.filter(({ lines }) => lines > 300).length).toBeLessThan(lengths.length / 10);
});
