import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SessionOffers } from './tool-sessions.ts';

let home: string;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'tacho-sessions-')));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, text: string, seconds = 1_700_000_000): Promise<void> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await utimes(file, seconds, seconds);
}

async function pathsWith(environment: Record<string, string>): Promise<string[]> {
  return (await new SessionOffers(environment, home).list()).map((offer) => offer.path);
}

test('sessions are counted with their subagents, and nothing else is', async () => {
  await put('.claude/projects/-work-a/s1.jsonl', '12345');
  await put('.claude/projects/-work-a/s1/subagents/agent-1.jsonl', '123', 1_700_000_500);
  await put('.claude/projects/-work-a/s1/tool-results/big.txt', 'x'.repeat(100), 1_800_000_000);
  await put('.claude/projects/-work-a/empty.jsonl', '');
  expect(await new SessionOffers({}, home).list()).toEqual([
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
  const offers = new SessionOffers({}, home);
  expect(await offers.list()).toEqual([]);
  expect(await offers.folders('claude-code-1')).toEqual([]);
});

test('the configured folders win over the usual ones; the same folder under two names counts once', async () => {
  for (const root of ['.claude', '.config/claude', 'one', 'two'])
    await put(`${root}/projects/p/s.jsonl`, 'x');
  await symlink('one', join(home, 'alias'));
  expect(await pathsWith({})).toEqual([
    join(home, '.config/claude/projects'),
    join(home, '.claude/projects'),
  ]);
  expect(await pathsWith({ XDG_CONFIG_HOME: join(home, 'nowhere') })).toEqual([
    join(home, '.claude/projects'),
  ]);
  const named = `${join(home, 'one')}, ~/two,${join(home, 'alias')},${join(home, 'missing')}`;
  expect(await pathsWith({ CLAUDE_CONFIG_DIR: named })).toEqual([
    join(home, 'one/projects'),
    join(home, 'two/projects'),
  ]);
});

test('Codex: rollouts, live and archived, below its own home', async () => {
  await put('.codex/sessions/2026/02/03/rollout-2026-02-03T09-00-00-a.jsonl', '1234');
  await put('.codex/archived_sessions/rollout-b.jsonl', '12');
  await put('.codex/sessions/2026/02/03/notes.jsonl', 'x');
  await put('.codex/history.jsonl', 'x');
  await put('elsewhere/sessions/rollout-c.jsonl', '1');
  const offers = await new SessionOffers({}, home).list();
  expect(offers.map(({ format, path, files, bytes }) => [format, path, files, bytes])).toEqual([
    ['codex', join(home, '.codex/sessions'), 1, 4],
    ['codex', join(home, '.codex/archived_sessions'), 1, 2],
  ]);
  expect(await pathsWith({ CODEX_HOME: join(home, 'elsewhere') })).toEqual([
    join(home, 'elsewhere/sessions'),
  ]);
});

test('Gemini CLI: the chats of all projects, and nothing that lies beside them', async () => {
  await put('.gemini/tmp/aaaa/chats/session-1.json', '12345');
  await put('.gemini/tmp/bbbb/chats/session-2.jsonl', '123');
  await put('.gemini/tmp/bbbb/chats/7d3b2f10-5a5a-4c4c-9e9e-0000000000a2/sub.jsonl', '1');
  await put('.gemini/tmp/bbbb/logs.json', 'x'.repeat(50));
  await put('.gemini/tmp/bin/rg', 'x');
  const offers = new SessionOffers({}, home);
  const [offer, ...others] = await offers.list();
  expect(others).toEqual([]);
  expect(offer).toMatchObject({ format: 'gemini-cli', path: join(home, '.gemini/tmp'), files: 3, bytes: 9 });
  expect(await offers.folders(offer!.id)).toEqual([
    join(home, '.gemini/tmp/aaaa/chats'),
    join(home, '.gemini/tmp/bbbb/chats'),
  ]);
  expect(await pathsWith({ GEMINI_CLI_HOME: join(home, 'nowhere') })).toEqual([]);
});
