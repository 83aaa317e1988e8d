import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClaudeOffers, claudeProjects } from './claude-sessions.ts';

let home: string;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'tacho-claude-')));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, text: string, seconds = 1_700_000_000): Promise<void> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await utimes(file, seconds, seconds);
}

test('sessions are counted with their subagents, and nothing else is', async () => {
  await put('.claude/projects/-work-a/s1.jsonl', '12345');
  await put('.claude/projects/-work-a/s1/subagents/agent-1.jsonl', '123', 1_700_000_500);
  await put('.claude/projects/-work-a/s1/tool-results/big.txt', 'x'.repeat(100), 1_800_000_000);
  await put('.claude/projects/-work-a/empty.jsonl', '');
  expect(await new ClaudeOffers({}, home).list()).toEqual([
    {
      id: expect.stringMatching(/^claude-code-/),
      format: 'claude-code',
      title: 'Claude Code sessions',
      path: join(home, '.claude/projects'),
      files: 2,
      bytes: 8,
      newestUs: 1_700_000_500_000_000,
    },
  ]);
});

test('no folder, no offer', async () => {
  expect(await new ClaudeOffers({}, home).list()).toEqual([]);
});

test('the configured folders win over the usual ones; the same folder under two names counts once', async () => {
  for (const root of ['.claude', '.config/claude', 'one', 'two'])
    await put(`${root}/projects/p/s.jsonl`, 'x');
  await symlink('one', join(home, 'alias'));
  expect(await claudeProjects({}, home)).toEqual([
    join(home, '.config/claude/projects'),
    join(home, '.claude/projects'),
  ]);
  expect(await claudeProjects({ XDG_CONFIG_HOME: join(home, 'nowhere') }, home)).toEqual([
    join(home, '.claude/projects'),
  ]);
  const named = `${join(home, 'one')}, ~/two,${join(home, 'alias')},${join(home, 'missing')}`;
  expect(await claudeProjects({ CLAUDE_CONFIG_DIR: named }, home)).toEqual([
    join(home, 'one/projects'),
    join(home, 'two/projects'),
  ]);
});
