import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Breakdown } from '../packages/trace/src/analysis/breakdown.ts';
import { duration } from '../packages/trace/src/model/figures.ts';
import type { RunList } from '../packages/trace/src/wire/runs.ts';
import { openServed } from './open-page.ts';
import { json, until } from './server-process.ts';

const tacho = join(import.meta.dirname, '..', 'packages/app/bin/tacho.js');

/** Longer than it takes until a running stage first says what it has used. */
const BURN_MS = 5_000;
const BURN = `const end = Date.now() + ${BURN_MS}; while (Date.now() < end);`;
const CALLS = `
import { appendFileSync } from 'node:fs';
const call = { run_id: process.env.RUN_ID, stage_id: process.env.INSTRUMENT_STAGE, prompt_tokens: 1000, completion_tokens: 200 };
for (const model of ['gpt-5', 'a model of our own'])
  appendFileSync(process.env.INSTRUMENT_SINK, JSON.stringify({ ...call, model }) + '\\n');
appendFileSync(process.env.INSTRUMENT_SINK, JSON.stringify({ ...call, stage_id: undefined, model: 'gpt-5' }) + '\\n');
`;
const RECIPE = `
name: chapters
instrumentation: { enabled: true }
stages:
  - { id: intake, skip_if_exists: true, artifact: burn.mjs, command: [node, burn.mjs] }
  - { id: burn, command: [node, burn.mjs] }
  - { id: ask, command: [node, calls.mjs] }
  - { id: check, retries: 1, shell: 'exit 3' }
  - { id: print, needs: [check], command: [node, burn.mjs] }
`;

const { folder, page, said, served } = await openServed('stages');

for (const [name, text] of Object.entries({ 'burn.mjs': BURN, 'calls.mjs': CALLS, 'recipe.yaml': RECIPE }))
  writeFileSync(join(folder, name), text);

/** The row that begins with a name, by the titles of the columns, all of it read at one moment. */
async function rowOf(name: string): Promise<Record<string, string>> {
  const cells = '[...row.children].map((cell) => cell.innerText.trim())';
  const [heads = [], ...rows] = await page.evaluate<string[][]>(
    `[...document.querySelectorAll('[role=treegrid] [role=row]')].map((row) => ${cells})`,
  );
  const row = rows.find(([first]) => first?.startsWith(name));
  return Object.fromEntries(row?.map((text, at) => [heads[at], text]) ?? []);
}

function run(...argv: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [tacho, ...argv], { cwd: folder, stdio: 'ignore' });
  return once(child, 'exit');
}

test('a pipeline is watched stage by stage, and what each used stands in the table', async () => {
  const ended = run('pipeline', 'recipe.yaml');
  const runId = await until(async () => (await json<RunList>(`${served.url}/api/runs`)).runs[0]?.runId);
  await page.goto(`${served.url}/runs/${runId}`);
  await page.getByRole('tab', { name: 'Stages' }).click();

  // The time of the processor of a stage that still runs.
  const running = await until(async () => {
    const row = await rowOf('burn');
    return row.status === 'running' && /\d/.test(row.CPU ?? '–') && row;
  });
  expect(running.time).toMatch(/^0:0\d$/);
  expect(await rowOf('print')).toMatchObject({ status: 'queued', time: '–', CPU: '–' });

  await ended;
  await until(async () => (await rowOf('print')).status === 'skipped');
  await until(async () => /needs check/.test((await rowOf('print')).stage ?? ''));
  const { stages } = await json<Breakdown>(`${served.url}/api/runs/${runId}/breakdown`);
  const partOf = (name: string): Breakdown['stages'][number] => stages.find((part) => part.name === name)!;
  const cpuUs = partOf('burn').cpuUserUs! + partOf('burn').cpuSystemUs!;
  // Others may have had the processors meanwhile.
  expect(cpuUs).toBeGreaterThan((BURN_MS * 1000) / 4);
  const burn = await rowOf('burn');
  expect(burn).toMatchObject({ status: 'done', CPU: duration(cpuUs), calls: '', tokens: '', cost: '' });
  expect(burn['peak memory']).toMatch(/^\d+.MB$/);

  expect(await rowOf('intake')).toMatchObject({ status: 'skipped', time: '–', CPU: '–', 'peak memory': '–' });
  const check = await rowOf('check');
  expect(check).toMatchObject({ status: 'failed' });
  expect(check.stage).toMatch(/2 attempts.*exit code 3/);
  expect(await rowOf('ask')).toMatchObject({ calls: '2', tokens: '2.40\u202fk' });
  expect((await rowOf('ask')).cost).toMatch(/^≥\u202f\$0\.\d+$/);
  expect(await rowOf('outside of stages')).toMatchObject({ calls: '1', tokens: '1.20\u202fk', CPU: '' });
  expect(await rowOf('whole run')).toMatchObject({ calls: '3', tokens: '3.60\u202fk' });
  expect(said).toEqual([]);
}, 60_000);

test('the table is gone through with keys, and a stage opens in the drawer', async () => {
  const grid = page.getByRole('treegrid', { name: 'Stages' });
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await until(async () => (await grid.getByRole('row', { selected: true }).innerText()).includes('burn'));
  await page.getByRole('tab', { name: 'Attributes' }).click();
  await until(async () => (await page.locator('body').innerText()).includes('cpu_user_s'));
  await grid.getByText('check', { exact: true }).click();
  await until(async () => (await grid.getByRole('row', { selected: true }).innerText()).includes('check'));
  await page.keyboard.press('Escape');
  await until(async () => (await grid.getByRole('row', { selected: true }).count()) === 0);
});

test('a command without a token has its time, and no columns for what it has not', async () => {
  await run('exec', '--name', 'nightly', '--', process.execPath, '-e', 'setTimeout(() => {}, 100)');
  const runId = await until(async () => {
    const { runs } = await json<RunList>(`${served.url}/api/runs`);
    return runs.find(({ name, status }) => name === 'nightly' && status === 'ok')?.runId;
  });
  await page.goto(`${served.url}/runs/${runId}?tab=stages`);
  const row = await until(async () => {
    const found = await rowOf('nightly');
    return found.status === 'done' && found;
  });
  expect(Object.keys(row)).toEqual([
    'stage',
    'status',
    'time in the run',
    'time',
    'CPU',
    'peak memory',
    '% of time',
  ]);
  expect(row.CPU).toMatch(/^\d.*s$/);
});

test('of thousands of stages the chosen one is in sight, and few are laid out', async () => {
  const stages = Array.from({ length: 3000 }, (_, no) =>
    JSON.stringify({
      event: 'span',
      span_id: `s${no}`,
      name: `step ${no}`,
      kind: 'stage',
      ts: 1.775e9 + no,
      duration_ms: 900,
    }),
  );
  await fetch(`${served.url}/v1/telemetry?run=many`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: `${stages.join('\n')}\n`,
  });
  await page.goto(`${served.url}/runs/many?tab=stages&span=1500`);
  const row = page.getByRole('row', { name: 'step 1500' });
  const boxOf = async (of: Locator) => (await of.boundingBox())!;
  await row.waitFor();
  const total = await boxOf(page.getByRole('row', { name: 'whole run' }));
  await until(async () => {
    const { y, height } = await boxOf(row);
    return y + height <= total.y;
  });
  const head = await boxOf(page.getByRole('row', { name: 'stage status' }));
  expect((await boxOf(row)).y).toBeGreaterThanOrEqual(head.y + head.height);
  expect(await page.getByRole('row').count()).toBeLessThan(100);
  expect(
    await page.getByRole('list', { name: 'Stages of the run' }).getByRole('listitem').count(),
  ).toBeLessThan(60);
});

test('a run without stages has no view of them, unless somebody was sent there', async () => {
  const body = '{"event":"span","span_id":"a","name":"first steps","kind":"agent","duration_ms":1500}\n';
  await fetch(`${served.url}/v1/telemetry?run=plain`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  await page.goto(`${served.url}/runs/plain`);
  await page.getByRole('tab', { name: 'Agents' }).waitFor();
  expect(await page.getByRole('tab', { name: 'Stages' }).count()).toBe(0);
  await page.keyboard.press('3');
  await until(async () => page.url().includes('tab=agents'));
  await page.goto(`${served.url}/runs/plain?tab=stages`);
  await page.getByText('No stages in this run').waitFor();
  expect(said).toEqual([]);
});
