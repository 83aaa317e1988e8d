import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORPUS } from '../../../../../tests/format-cases.ts';
import { claudeCode } from '../../formats/claude-code/format.ts';
import { emptyRun, RunFold } from '../../model/fold.ts';
import { activityOf } from './activity.ts';

const FOLDER = join(CORPUS, 'claude_code_sessions');
const FILES = existsSync(FOLDER)
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'))
  : [];

async function activityIn(name: string) {
  const fold = new RunFold(emptyRun('r'));
  const chunks = (async function* () {
    yield new Uint8Array(readFileSync(join(FOLDER, name)));
  })();
  for await (const batch of claudeCode.read!({ name: basename(name), chunks, runId: 'r', refuse: () => {} }))
    for (const record of batch) fold.apply(record);
  return activityOf(fold.run);
}

describe.skipIf(FILES.length === 0)('real sessions', () => {
  it.each(FILES)('%s: each call once, phases and others are all', async (name) => {
    const { actions, allocation } = await activityIn(name);
    expect(new Set(actions.map(({ no }) => no)).size).toBe(actions.length);
    const phased = Object.values(allocation.actions).reduce((sum, count) => sum + count, 0);
    expect(phased + allocation.otherActions).toBe(actions.length);
    const searches = actions.filter(({ server, deed }) => server !== undefined && deed === 'search').length;
    if (name.includes('dep-traversal_mcp')) expect(searches).toBeGreaterThan(0);
    if (name.includes('baseline')) expect(searches).toBe(0);
  });
});
