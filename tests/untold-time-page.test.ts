import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunList } from '../packages/trace/src/wire/runs.ts';
import { openServed } from './open-page.ts';
import { json, until } from './server-process.ts';

const tacho = join(import.meta.dirname, '..', 'packages/app/bin/tacho.js');
const NO_TIME = 'no time told';

const { folder, page, said, served } = await openServed('untold');
const home = join(folder, 'home');

function say(...argv: string[]): string {
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '160' };
  return execFileSync(process.execPath, [tacho, ...argv, '--home', home], { env, encoding: 'utf8' });
}

/** A trajectory that says no times, and one that says when its steps were. */
const trajectory = (session_id: string, timestamps: readonly (string | undefined)[]): string =>
  JSON.stringify({
    schema_version: 'ATIF-v1.4',
    session_id,
    agent: { name: 'mini-swe-agent', version: '1.0', model_name: 'gpt-5' },
    steps: ['Sort the lines', 'They are sorted.'].map((message, at) => ({
      step_id: at + 1,
      source: at === 0 ? 'user' : 'agent',
      message: `${message} (${session_id})`,
      ...(timestamps[at] !== undefined && { timestamp: timestamps[at] }),
    })),
  });

const told = ['2026-04-06T10:00:00Z', '2026-04-06T10:00:42Z'];
for (const [name, times] of [
  ['untold', []],
  ['told', told],
] as const) {
  writeFileSync(join(folder, `${name}.json`), trajectory(name, times));
  say('import', join(folder, `${name}.json`));
}
await until(async () => (await json<RunList>(`${served.url}/api/runs`)).total === 2);

const text = (): Promise<string> => page.locator('body').innerText();

test('the list says so, and has the run behind those whose time is told', async () => {
  await page.goto(`${served.url}/runs`);
  const rows = page.getByRole('grid', { name: 'Runs' }).getByRole('row');
  await until(async () => (await rows.count()) === 3);
  expect(await rows.nth(1).innerText()).toContain('6 Apr');
  expect(await rows.nth(2).innerText()).toContain(NO_TIME);
  expect(await text()).not.toMatch(/\b2000\b/);
});

test('the page of the run, and the details of its spans, say so', async () => {
  await page.goto(`${served.url}/runs/untold`);
  await until(async () => (await text()).includes(NO_TIME));
  await page.goto(`${served.url}/runs/untold?span=0`);
  await until(async () => /started\s+0:00\s+no time told/.test(await text()));
  expect(await text()).not.toMatch(/\b2000\b/);
});

test('trends over time leave the run out, and say that they do', async () => {
  await page.goto(`${served.url}/analytics?tables=time`);
  await until(async () => (await text()).includes('1 run tells no time, and is in no trend over time.'));
  expect(await text()).toContain('Nothing tells when 1 run was: trends over time leave it out.');
  expect(await text()).not.toMatch(/\b2000\b/);
  expect(said).toEqual([]);
});

test('so do the command line and the reports for people', () => {
  const listed = say('runs').split('\n');
  expect(listed.find((line) => line.startsWith('untold'))).toContain(NO_TIME);
  expect(listed.find((line) => line.startsWith('told'))).toContain('2026-04-06');
  expect(say('inspect', '2')).toContain(NO_TIME);
  expect(say('report', '--full')).toContain(NO_TIME);
  expect(say('search', 'They are sorted')).toContain(NO_TIME);
  for (const format of ['markdown', 'html']) {
    const written = say('export', 'untold', '--format', format);
    expect(written).toContain(NO_TIME);
    expect(written).not.toContain('2000-01');
  }
});
