import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom, besides itself. `node` is Node's own modules, `npm` any package. */
const TABLE: Record<string, string> = {
  'trace/model': '',
  'trace/wire': 'trace/model',
  'trace/analysis': 'trace/model',
  'trace/formats': 'trace/model trace/analysis',
  'trace/recorder': 'trace/model trace/analysis trace/formats',
  'trace/*': 'trace/model trace/recorder',
  'app/store': 'trace/model trace/wire node npm',
  'app/prices': 'trace/model npm',
  'app/ingest': 'app/store trace/model trace/analysis',
  'app/sources': 'trace/model trace/formats trace/wire node npm',
  'app/exec': 'trace node',
  'app/server': 'app/store app/ingest app/prices app/sources trace node npm',
  'app/pipeline': 'app/exec app/prices app/sources trace node',
  'app/validation': 'app/pipeline app/prices trace node npm',
  'app/cli':
    'app/server app/store app/ingest app/prices app/sources app/exec app/pipeline app/validation app/demo trace node npm',
  'app/demo': 'trace node',
  // Numbers as people read them are the same on the page and in digests.
  'web/ui': 'trace/model/figures npm',
  'web/api': 'trace/wire trace/model trace/analysis',
  'web/state': 'web/api trace/model trace/wire trace/analysis npm',
  'web/timeline': 'trace/model trace/analysis web/ui npm',
  'web/panels': 'web trace/model trace/wire trace/analysis npm',
  'web/*': 'web npm',
};
/** Places that may touch Node, where their room may not. */
const NODE_DOORS = /^(trace\/recorder\/(sinks\/|context\.ts)|app\/prices\/library\.ts)/;
/** Siblings that never import each other: the folders of formats, the files of commands and routes. */
const SIBLINGS =
  /^(trace\/formats|app\/cli\/commands|app\/server\/routes)\/([^/]+)(?:\/|(?<!formats\/[^/]+)$)/;
/** Statements, and what is loaded later; not a text that reads like one. */
const IMPORT = /^(?:(?:import|export|\}).*\bfrom|import) '([^']+)'|^(?!.*`).*\bimport\('([^']+)'\)/gm;
const packages = join(import.meta.dirname, '..', 'packages');
const files = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => /^\w+\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$/.test(file));
/** What an import leads to, in the words of the table. */
function target(from: string, specifier: string): string {
  if (specifier === '@tacho/trace') return 'trace/index.ts';
  if (specifier.startsWith('@tacho/trace/')) return specifier.replace('@tacho/', '');
  if (!specifier.startsWith('.')) return specifier.startsWith('node:') ? 'node' : 'npm';
  return join(dirname(from), specifier).split(sep).join('/').replace('/src/', '/');
}
test.each(files)('%s imports only what its room may', (file) => {
  const place = file.replace('/src/', '/');
  const [pkg, name, below] = place.split('/');
  const room = below === undefined ? `${pkg}/*` : `${pkg}/${name}`;
  expect(TABLE, 'no room of the house: add it to the table, or move the file').toHaveProperty([room]);
  const allowed = [room, ...TABLE[room]!.split(' '), NODE_DOORS.test(place) ? 'node' : room].filter(Boolean);
  for (const [, stated, loaded] of readFileSync(join(packages, file), 'utf8').matchAll(IMPORT)) {
    const to = target(file, (stated ?? loaded)!);
    const legal = to.endsWith('.css') || allowed.some((name) => to === name || to.startsWith(`${name}/`));
    expect(legal, `${place} imports ${to}`).toBe(true);
    const [mine, theirs] = [SIBLINGS.exec(place), SIBLINGS.exec(to.endsWith('.ts') ? to : `${to}.ts`)];
    const apart = mine?.[1] === theirs?.[1] && mine?.[2] !== theirs?.[2];
    expect(apart, `${place} imports its sibling ${to}`).toBe(false);
  }
});
