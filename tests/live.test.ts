import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import type { RunList } from '../packages/trace/src/wire/runs.ts';
import { openPage } from './open-page.ts';
import { freePort, json, recordDemo, type Served, serve, until } from './server-process.ts';

const { folder, browser, page, said } = await openPage('live');
let served: Served;
afterAll(() => served?.kill());

/** What the page says: by accessible text, as a person or a screen reader would find it. */
const text = (): Promise<string> => page.locator('body').innerText();

test('a run is watched from its first second to its end, over a killed server, without a reload', async () => {
  const logs = join(folder, 'logs');
  const port = await freePort();
  served = await serve({ home: join(folder, 'home'), watch: logs, port });
  await page.goto(served.url);
  await page.evaluate('window.sameDocument = true');
  const program = recordDemo(logs, 4);
  const ended = once(program, 'exit');

  // The newest run opens itself, and its first stage is there.
  await until(async () => (await text()).includes('eigenda'));
  await until(async () => /library_depth_0/.test(await text()));

  // An agent that fails is seen at once, while the others go on.
  await until(async () => /rate limit/i.test(await problemsText()));
  expect(await text()).toMatch(/running/);

  await served.kill('SIGKILL');
  await until(async () => /reconnecting|offline|not reach|gone/i.test(await text()), 15_000);
  await new Promise((wake) => setTimeout(wake, 1000));
  served = await serve({ home: join(folder, 'home'), watch: logs, port });
  await until(async () => /live/i.test(await text()) && !/reconnecting/i.test(await text()), 20_000);

  const [code] = await ended;
  expect(code).toBe(0);
  const run = await until(async () => {
    const { runs } = await json<RunList>(`${served.url}/api/runs`);
    return runs[0]?.status === 'ok' && runs[0];
  });
  // Everything once: 35 agents, two of them failed.
  expect(run.agents).toEqual({ total: 35, running: 0, done: 33, failed: 2 });
  await until(async () => /35/.test(await agentsTab()) && /2 failed/.test(await text()));
  expect(await page.evaluate('window.sameDocument')).toBe(true);
  expect(said).toEqual([]);

  // What the page shows is what a page that was opened afterwards shows.
  const second = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await second.goto(page.url());
  await second.waitForSelector('text=eigenda');
  await expect.poll(() => headline(second)).toMatch(/8\.45/);
  await expect.poll(() => headline()).toBe(await headline(second));
  await second.close();
}, 90_000);

async function problemsText(): Promise<string> {
  const tab = page.getByRole('tab', { name: /problems/i });
  await tab.click();
  return text();
}

async function agentsTab(): Promise<string> {
  return (await page.getByRole('tab', { name: /agents/i }).textContent()) ?? '';
}

/** The figures in the run's head. */
async function headline(of: Page = page): Promise<string> {
  const body = await of.locator('body').innerText();
  const figure = (name: string): string => new RegExp(`${name}\\s+([^\\n]+)`).exec(body)?.[1] ?? '';
  return ['duration', 'agents', 'tokens', 'cost', 'score'].map(figure).join(' | ');
}

test('the stages lie as they were run: 9 at a time, then 15 in turn, then 10 at a time, then 1', async () => {
  const { runs } = await json<RunList>(`${served.url}/api/runs`);
  const { stages, agents } = await json<{
    stages: { name: string; agents: { total: number } }[];
    agents: { stage: string; startUs: number; endUs: number }[];
  }>(`${served.url}/api/runs/${runs[0]!.runId}/report`);
  expect(stages.map(({ name, agents: { total } }) => [name, total])).toEqual([
    ['discovery', 0],
    ['library_depth_0', 9],
    ['library_depth_n', 15],
    ['application_analysis', 10],
    ['synthesis', 1],
  ]);
  const most = (stage: string): number => {
    const within = agents.filter((agent) => agent.stage === stage);
    return Math.max(
      ...within.map(
        ({ startUs }) => within.filter((other) => other.startUs <= startUs && other.endUs > startUs).length,
      ),
    );
  };
  expect(stages.slice(1).map(({ name }) => most(name))).toEqual([9, 1, 10, 1]);
});
