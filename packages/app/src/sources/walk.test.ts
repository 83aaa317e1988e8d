import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { derivedFrom, isInside, type Skipped, walk } from './walk.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-walk-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text = 'x\n'): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function walked(path = root): Promise<{ files: string[]; skipped: Skipped[] }> {
  const files: string[] = [];
  const skipped: Skipped[] = [];
  for await (const { path: file } of walk(path, (each) => skipped.push(each)))
    files.push(relative(root, file));
  return { files, skipped };
}

test("a session's file comes before its folder, and agent files of the older layout come last", async () => {
  for (const path of [
    'b2.jsonl',
    'agent-1.jsonl',
    'a1/subagents/agent-x.jsonl',
    'a1.jsonl',
    'b2/tool-results/1.txt',
  ])
    await put(path);
  expect((await walked()).files).toEqual([
    'a1.jsonl',
    'a1/subagents/agent-x.jsonl',
    'b2.jsonl',
    'b2/tool-results/1.txt',
    'agent-1.jsonl',
  ]);
});

test('folders of code and of version control are not entered, hidden ones of tools are', async () => {
  for (const path of ['node_modules/a/log.jsonl', '.git/x', '.claude/projects/p/s.jsonl', 'ok.jsonl'])
    await put(path);
  expect((await walked()).files).toEqual(['.claude/projects/p/s.jsonl', 'ok.jsonl']);
});

test('links never lead out of the folder that was named, and loops end', async () => {
  await put('logs/run/telemetry.jsonl');
  await put('secret/key.txt');
  await symlink('run', join(root, 'logs/latest'));
  await symlink('..', join(root, 'logs/run/loop'));
  await symlink(join(root, 'secret'), join(root, 'logs/out'));
  await symlink(join(root, 'secret/key.txt'), join(root, 'logs/key.txt'));
  await symlink('nowhere', join(root, 'logs/dangling'));
  const { files, skipped } = await walked(join(root, 'logs'));
  expect(files).toEqual(['logs/run/telemetry.jsonl']);
  expect(
    skipped.map(({ path, reason }) => `${relative(root, path)}: ${reason.split(',')[0]}`).sort(),
  ).toEqual(
    [
      'logs/dangling: a link that leads nowhere',
      'logs/key.txt: a link out of the folder',
      'logs/out: a link out of the folder',
      'logs/run/loop: a link out of the folder',
    ].filter((line) => !line.startsWith('logs/run/loop')),
  );
});

test('a link that was named itself is what it points to', async () => {
  await put('logs/a.jsonl');
  await symlink('logs', join(root, 'named'));
  expect((await walked(join(root, 'named'))).files).toEqual(['logs/a.jsonl']);
});

test('what a recorder derives is known by what it was made from, beside it', async () => {
  await put('run/telemetry.jsonl');
  expect(await derivedFrom(await put('run/trace.json'))).toBe('telemetry.jsonl');
  expect(await derivedFrom(await put('run/instrumentation.md'))).toBe('telemetry.jsonl');
  expect(await derivedFrom(await put('other/trace.json'))).toBeUndefined();
  const digest = await put('other/instrumentation.md');
  expect(await derivedFrom(digest)).toBeUndefined();
  await put('other/instrumentation.json');
  expect(await derivedFrom(digest)).toBe('instrumentation.json');
  const index = await put('runs.jsonl');
  expect(await derivedFrom(index)).toBeUndefined();
  await symlink('run', join(root, 'latest'));
  expect(await derivedFrom(index)).toBe('telemetry.jsonl');
});

test('inside means below, not beginning alike', () => {
  expect(isInside('/a/b', '/a/b/c')).toBe(true);
  expect(isInside('/a/b', '/a/b')).toBe(true);
  expect(isInside('/a/b', '/a/bc')).toBe(false);
  expect(isInside('/a/b', '/a')).toBe(false);
  expect(isInside('/a/b', '/a/b/..c')).toBe(true);
});
