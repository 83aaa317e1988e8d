import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { NamedComparison } from '../packages/app/src/server/compare/named-comparison.ts';
import { percent, pValue } from '../packages/trace/src/analysis/compare/words.ts';
import { openServed } from './open-page.ts';
import { json, until } from './server-process.ts';

const EVIL = '<img src=x onerror=alert(1)> \u202Eevil\u001b[31m';

const { page, said, served } = await openServed('compare-page');
// Below the limit of a test, so that it tells what it waited for.
page.setDefaultTimeout(12_000);

type Trial = { task: string; variant: string; reward?: number; seconds: number; error?: string };

/** A trial as its recorder writes it. */
function lines({ task, variant, reward, seconds, error }: Trial, no: number): object[] {
  const run_id = `${variant}-${no}`;
  const ts = 1_775_831_521 + no * 1000;
  const labels = { benchmark: 'bench', task_id: task, variant };
  const usage = { model: 'gpt-4o', input_tokens: 1000, output_tokens: 100, call_id: run_id };
  return [
    { event: 'run_start', run_id, ts, session_id: `night of ${variant}`, labels },
    { event: 'usage', run_id, ts: ts + 1, ...usage },
    ...(reward === undefined ? [] : [{ event: 'score', run_id, ts: ts + 2, name: 'reward', value: reward }]),
    {
      event: 'run_end',
      run_id,
      ts: ts + seconds,
      ...(error ? { status: 'error', error: { type: error } } : { status: 'ok' }),
    },
  ];
}

/** Twelve tasks twice each: the new variant solves most that the old one does not, fails one more, and takes longer. */
function trials(): Trial[] {
  const found: Trial[] = [];
  for (let task = 0; task < 12; task++)
    for (let repeat = 0; repeat < 2; repeat++) {
      const name = task === 11 ? `task-11 ${EVIL}` : `task-${task}`;
      const old = task < 3 || (task === 3 && repeat === 0) ? 1 : 0;
      found.push({ task: name, variant: 'old', reward: old, seconds: 20 + task + repeat });
      found.push({
        task: name,
        variant: 'new',
        reward: task === 0 ? 0 : 1,
        seconds: 40 + task + 2 * repeat,
      });
    }
  found.push({ task: 'lost', variant: 'old', reward: 1, seconds: 10 });
  found.push({ task: 'lost', variant: 'new', seconds: 2, error: 'DockerBuildError' });
  found.push({ task: 'given up', variant: 'old', reward: 1, seconds: 10 });
  return found;
}

const ASKED = 'baseline=variant%3Dold&treatment=variant%3Dnew';
const answer = (query = ASKED): Promise<NamedComparison> =>
  json<NamedComparison>(`${served.url}/api/compare?${query}`);
const open = (query: string): Promise<unknown> => page.goto(`${served.url}/compare${query}`);
const button = (name: string | RegExp): Locator => page.getByRole('button', { name });

/** What is needed here of what the browser has; tests are checked without its types. */
type HTMLElementLike = { innerText: string; children: Iterable<HTMLElementLike> };

/** The cells of a table's rows by the titles of its columns. */
async function rows(caption: RegExp): Promise<Record<string, string>[]> {
  const table = page.getByRole('table', { name: caption });
  await table.waitFor();
  const [head = [], ...body] = await table
    .getByRole('row')
    .evaluateAll<string[][], HTMLElementLike>((all) =>
      all.map((row) => [...row.children].map((cell) => cell.innerText.replace(/\s+/g, ' ').trim())),
    );
  return body.map((cells) => Object.fromEntries(cells.map((text, at) => [head[at], text])));
}

const focusOn = (text: string): Promise<boolean> =>
  page.evaluate(`document.activeElement.textContent.startsWith(${JSON.stringify(text)})`);

const taskNames = async (): Promise<string[]> =>
  (await rows(/Tasks by/)).map(({ Task }) => Task!.split(' ')[0]!);

test('without a run it says where runs come from', async () => {
  await open('');
  await page.getByText('No runs to compare yet').waitFor();
});

test('with sides missing it proposes what is stored, and a click compares it', async () => {
  const body = trials()
    .flatMap(lines)
    .map((record) => JSON.stringify(record));
  await fetch(`${served.url}/v1/telemetry`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: `${body.join('\n')}\n`,
  });
  await until(async () => (await fetch(`${served.url}/api/compare?${ASKED}`)).ok);
  await open('');
  const examples = page.getByRole('list', { name: 'Comparisons of what is stored' });
  await examples.waitFor();
  expect(await examples.innerText()).toMatch(
    /session=night of old\s+26 runs\s+against\s+session=night of new/,
  );
  const suggested = await page
    .locator('datalist option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('value')));
  expect(suggested).toEqual(expect.arrayContaining(['session=night of old', 'variant=new', 'benchmark']));
  expect(suggested.join()).not.toContain('evil');
  await examples.getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Success improved' }).waitFor();
  expect(new URL(page.url()).searchParams.get('baseline')).toBe('session=night of old');
});

test('the verdict, both sides and every metric are those of the answer', async () => {
  await open(`?${ASKED}`);
  const { metrics, baseline, treatment, repeats, notes } = await answer();
  await page.getByRole('heading', { name: 'Success improved' }).waitFor();
  const text = (await page.getByRole('main').innerText()).replace(/\s+/g, ' ');
  for (const { sentence, verdict } of metrics)
    expect(text).toContain(sentence.slice(sentence.indexOf(verdict) + verdict.length + 3).trim());
  expect(text).toContain(`${baseline.runs} runs, ${baseline.outcomes.success} of 26 succeeded`);
  expect(text).toContain('Lost to the infrastructure, not failed: DockerBuildError 1');
  for (const note of notes) expect(text).toContain(note.split(':')[0]);
  const table = await rows(/Each metric on both sides/);
  expect(table.map(({ Verdict }) => Verdict)).toEqual(metrics.map(({ verdict }) => verdict));
  expect(table[0]).toMatchObject({
    Baseline: percent(metrics[0]!.baseline!),
    Treatment: percent(metrics[0]!.treatment!),
    p: pValue(metrics[0]!.adjustedP!).replace('p = ', ''),
  });
  expect(text).toContain(`${repeats.baseline.flaky} of ${repeats.baseline.repeated}`);
  const pass = await rows(/one of k trials/);
  expect(pass.at(-1)!.k).toBe('2');
  expect(treatment.runs).toBe(25);
  expect(said).toEqual([]);
});

test('tasks are counted by what became of them, and filtered by it in the address', async () => {
  const { tasks } = await answer();
  const countOf = (metric: 'success' | 'duration', result: string): number =>
    tasks.filter(({ metrics }) => metrics[metric].result === result).length;
  for (const result of ['regressed', 'improved', 'tied', 'insufficient'])
    await button(new RegExp(`^${result} ${countOf('success', result)}$`)).waitFor();
  expect([countOf('success', 'regressed'), countOf('success', 'insufficient')]).toEqual([1, 2]);

  await button(/^regressed/).click();
  expect(await taskNames()).toEqual(['task-0']);
  expect(page.url()).toContain('show=regressed');
  await button('Duration').click();
  expect(page.url()).toContain('metric=duration');
  expect(await taskNames()).toHaveLength(countOf('duration', 'regressed'));
  await page.reload();
  expect(await taskNames()).toHaveLength(countOf('duration', 'regressed'));
  await button(/^all/).click();
  await page.getByRole('searchbox', { name: 'Search the tasks' }).fill('task-1');
  expect((await taskNames()).sort()).toEqual(['task-1', 'task-10', 'task-11']);
  await page.getByRole('searchbox', { name: 'Search the tasks' }).fill('no such task');
  await button('Show all tasks').click();

  await button('Change').click();
  const changes = tasks
    .filter(({ metrics }) => metrics.duration.change !== null)
    .sort((a, b) => b.metrics.duration.change! - a.metrics.duration.change!);
  expect((await taskNames())[0]).toBe(changes[0]!.task.split(' ')[0]);
  const header = page.getByRole('columnheader', { name: 'Change' }).last();
  expect(await header.getAttribute('aria-sort')).toBe('descending');
});

test('each task leads to its runs and to their diff', async () => {
  await open(`?${ASKED}`);
  const row = page.getByRole('row', { name: /^task-0 / });
  await row.waitFor();
  const { tasks } = await answer();
  const { baseline, treatment } = tasks.find(({ task }) => task === 'task-0')!;
  const hrefs = await row
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const [left, right] = [baseline.runs[0]!.runId, treatment.runs[0]!.runId];
  expect(hrefs).toEqual([
    ...[...baseline.runs, ...treatment.runs].map(({ runId }) => `/runs/${runId}`),
    `/diff?left=${left}&right=${right}`,
  ]);
  await page.getByRole('link', { name: `Run ${left} of the baseline: succeeded` }).click();
  await until(async () => page.url().includes(`/runs/${left}`));
});

test('the strip is gone through with keys, from worse to better, and Enter leads to the row', async () => {
  await open(`?${ASKED}`);
  const strip = page.getByRole('slider', { name: 'Tasks by success, from worse to better' });
  const { tasks } = await answer();
  const drawn = tasks.filter(({ metrics }) => metrics.success.change !== null);
  await until(async () => (await strip.locator('circle').count()) === drawn.length);
  const colours = await page.evaluate<string[]>(
    `[...document.querySelectorAll('[role=slider] circle')].map((dot) => getComputedStyle(dot).fill)`,
  );
  expect(new Set(colours).size).toBe(3);
  await strip.focus();
  await page.keyboard.press('Home');
  expect(await strip.getAttribute('aria-valuetext')).toBe(
    'task-0: 2 of 2 to 0 of 2, -100.0 points, regressed',
  );
  await page.keyboard.press('End');
  expect(await strip.getAttribute('aria-valuetext')).toMatch(/0 of 2 to 2 of 2, \+100\.0 points, improved$/);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await until(() => focusOn('task-0'));
  // A dot that is filtered out leads to its row all the same.
  await button(/^tied/).click();
  await strip.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await until(() => focusOn('task-0'));
  // By pointer: the only dot at the left end.
  const { x, y, height } = (await strip.boundingBox())!;
  await page.mouse.move(x + 12, y + height / 2 + 8);
  await page.getByText('task-0: 2 of 2 to 0 of 2').waitFor();
  expect(said).toEqual([]);
});

test('what agents wrote is text only', async () => {
  const [hostile] = (await rows(/Tasks by/)).filter(({ Task }) => Task!.startsWith('task-11'));
  expect(hostile!.Task).toContain('<img src=x onerror=alert(1)> evil');
  for (const mark of ['\u202e', '\u001b']) expect(hostile!.Task).not.toContain(mark);
  expect(await page.locator('img').count()).toBe(0);
});

test('the form asks, swaps sides and pairs otherwise; what makes no sense is said by the server', async () => {
  await page.getByLabel('Baseline', { exact: true }).fill('variant=new');
  await page.getByLabel('Treatment', { exact: true }).fill('variant=old');
  await page.getByLabel('Pair by').fill('none');
  await button('Compare').click();
  await page.getByText('Nothing is paired, so there is no difference of a task to draw').waitFor();
  expect(page.url()).toContain('pairBy=none');
  await button('Swap the sides').click();
  await until(async () => page.url().includes('baseline=variant%3Dold'));
  await page.getByLabel('Baseline', { exact: true }).fill('nobody');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing is called "nobody"').waitFor();
  await page.getByText('lists the runs with their sessions').waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: /^Success/ }).waitFor();
});

test('while no server answers it says so, and catches up by itself', async () => {
  await page.route('**/api/compare?*', (route) => route.abort());
  await open(`?${ASKED}`);
  await page.getByRole('heading', { name: 'The Tacho server does not answer.' }).waitFor();
  await page.unroute('**/api/compare?*');
  await page.getByRole('heading', { name: /^Success/ }).waitFor();
});

test('the run list hands its filters on as the baseline', async () => {
  await page.goto(`${served.url}/runs?label=variant%3Dold&status=ok`);
  await page.getByRole('link', { name: 'Compare…' }).click();
  await page.getByText('And against which runs?').waitFor();
  expect(await page.getByLabel('Baseline', { exact: true }).inputValue()).toBe('status=ok,variant=old');
  await page.getByLabel('Treatment', { exact: true }).fill('variant=new');
  await button('Compare').click();
  await page.getByRole('heading', { name: /^Success/ }).waitFor();
});

test('on a narrow window nothing is cut off', async () => {
  await page.setViewportSize({ width: 420, height: 860 });
  await open(`?${ASKED}`);
  await page.getByRole('heading', { name: 'Success improved' }).waitFor();
  const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  expect(beyond).toBeLessThanOrEqual(0);
  const within = await page.evaluate<number>(
    `(([page]) => page.scrollWidth - page.clientWidth)(document.querySelectorAll('main > div'))`,
  );
  expect(within).toBeLessThanOrEqual(0);
});

test('while runs are at work the verdict is provisional', async () => {
  const [start] = lines({ task: 'task-0', variant: 'new', seconds: 1 }, 999);
  await fetch(`${served.url}/v1/telemetry`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: `${JSON.stringify({ ...start, ts: Date.now() / 1000 })}\n`,
  });
  await until(async () => (await answer()).provisional);
  await button('Compare').click();
  await page.getByRole('heading', { name: 'Provisional Success improved' }).waitFor();
  await page.getByText('1 run is still at work and left out').waitFor();
  expect(said).toEqual([]);
});
