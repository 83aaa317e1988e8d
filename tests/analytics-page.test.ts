import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RunsReport } from '../packages/trace/src/analysis/runs-report/runs-report.ts';
import { compact, duration, figure, money, percent } from '../packages/trace/src/model/figures.ts';
import type { ToolList } from '../packages/trace/src/wire/tools.ts';
import { openServed } from './open-page.ts';
import { json, until } from './server-process.ts';

/** What an agent may write where a name belongs. */
const HOSTILE = '=cmd|"/c calc"!A1\u202e <img src=x onerror="window.hurt=1">';
const DAY_S = 86_400;
const START_S = Date.UTC(2026, 3, 6) / 1000;

const { page, said, served } = await openServed('analytics');

type Told = { no: number; agent: string; passed: boolean; model?: string; error?: string };

/** A run: judged in one round or two, with two calls of tools and one of a model. */
function lines({ no, agent, passed, model = 'gpt-4o', error }: Told): object[] {
  const run_id = `run-${no}`;
  // Three runs a day.
  const ts = START_S + Math.floor(no / 3) * DAY_S;
  const call = { event: 'span', run_id, kind: 'tool', ts: ts + 1 };
  const rounds = no % 2 === 0 ? [6, passed ? 9 : 7] : [passed ? 9 : 5];
  return [
    {
      event: 'run_start',
      run_id,
      ts,
      session_id: `s${Math.floor(no / 6)}`,
      task_type: no % 2 === 0 ? 'research' : 'enumerated',
      attributes: { tac_hours: 1 },
      labels: { agent, task_id: `task-${no % 5}`, ...(no % 5 === 0 && { benchmark: '10figure' }) },
    },
    {
      event: 'usage',
      run_id,
      ts: ts + 1,
      model,
      input_tokens: 1000 * (no + 1),
      output_tokens: 100,
      call_id: run_id,
    },
    { ...call, span_id: `${run_id}-a`, name: 'Read', tool: 'Read', duration_ms: 10 + no, status: 'ok' },
    {
      ...call,
      span_id: `${run_id}-b`,
      name: 'Bash',
      tool: 'Bash',
      duration_ms: 1000 * (no + 1),
      status: passed ? 'ok' : 'error',
    },
    ...rounds.flatMap((value, at) => {
      const judged = { event: 'score', run_id, ts: ts + 2, name: 'wiggum', round: `r${at + 1}`, max: 10 };
      return [
        { ...judged, value, label: value >= 8 ? 'PASS' : 'FAIL' },
        { ...judged, value: value - 1, dimension: 'depth' },
      ];
    }),
    {
      event: 'run_end',
      run_id,
      ts: ts + 60 + no,
      status: error === undefined ? 'ok' : 'error',
      ...(error !== undefined && { error: { type: error, message: 'no' } }),
    },
  ];
}

async function send(records: readonly object[]): Promise<void> {
  const answer = await fetch(`${served.url}/v1/telemetry`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  });
  expect(await answer.json()).toMatchObject({ refused: [] });
}

/** As the browser has it. */
type TableRow = { cells: ArrayLike<{ innerText: string }> };

/** The rows of a part's table by the titles of the columns. */
async function rowsOf(title: string): Promise<Record<string, string>[]> {
  const region = page.getByRole('region', { name: title, exact: true });
  const table = region.getByRole('table', { name: title, exact: true });
  await table.waitFor();
  const [heads = [], ...rows] = await table
    .getByRole('row')
    .evaluateAll((all) =>
      (all as unknown as TableRow[]).map(({ cells }) => Array.from(cells, (cell) => cell.innerText.trim())),
    );
  return rows.map((row) => Object.fromEntries(row.map((text, at) => [heads[at], text])));
}

/** The figure that stands under a name in the row of figures. */
async function figureOf(name: string): Promise<string> {
  const named = page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) });
  return (await named.count()) === 0 ? '' : ((await named.locator('dd b').textContent()) ?? '');
}

async function csvOf(title: string): Promise<string[]> {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `${title}: save as CSV` }).click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/^tacho-[a-z]+\.csv$/);
  return readFileSync(await saved.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
}

const report = (query = ''): Promise<RunsReport> => json<RunsReport>(`${served.url}/api/report${query}`);
const rate = (value: number | null): string => percent(value! / 100);

test('an empty store says what to do, and the first runs appear by themselves', async () => {
  await page.goto(`${served.url}/analytics`);
  await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  const told = Array.from(
    { length: 12 },
    (_, no): Told => ({
      no,
      agent: no % 4 === 3 ? HOSTILE : no % 2 === 0 ? 'claude' : 'codex',
      passed: no % 3 !== 0,
      ...(no === 5 && { model: 'a model of our own' }),
      ...(no === 7 && { error: 'ValueError' }),
    }),
  );
  await send(told.flatMap(lines));
  await until(async () => (await figureOf('Runs')) === '12');
});

test('the figures are those of the report', async () => {
  const { overall } = await report();
  expect(await figureOf('Success rate')).toBe(rate(overall.judged_success_rate));
  expect(await figureOf('Median time')).toBe(duration(overall.median_duration_sec! * 1e6));
  expect(await figureOf('Tokens')).toBe(compact(overall.total_tokens));
  expect(await figureOf('Cost')).toBe(`≥\u202f${money(overall.total_cost_usd)}`);
  expect(await figureOf('Cost of a success')).toBe(money(overall.cost_per_success_usd));
  expect(await figureOf('Errors')).toBe('1');
  const notes = page.getByRole('list', { name: 'What to know before believing it' });
  expect(await notes.getByRole('listitem').allInnerTexts()).toEqual((await report()).notes);
});

test('groups have a row each, which a title sorts and the URL remembers', async () => {
  const { per_agent } = await report();
  const rows = await rowsOf('By agent');
  expect(rows).toHaveLength(3);
  for (const name of ['claude', 'codex']) {
    const group = per_agent[name]!;
    expect(rows.find(({ Agent }) => Agent === name)).toMatchObject({
      Runs: String(group.total),
      'Success rate': rate(group.judged_success_rate),
      '95 % interval': `${rate(group.judged_success_interval!.lower)} to ${rate(group.judged_success_interval!.upper)}`,
      Score: figure(group.avg_reward),
    });
  }
  const title = page
    .getByRole('region', { name: 'By agent', exact: true })
    .first()
    .getByRole('columnheader', { name: 'Agent' });
  await title.getByRole('button').click();
  expect(await title.getAttribute('aria-sort')).toBe('ascending');
  await title.getByRole('button').click();
  expect(await title.getAttribute('aria-sort')).toBe('descending');
  expect(new URL(page.url()).searchParams.get('order')).toBe('agents-agent-down');
  await page.reload();
  const sorted = (await rowsOf('By agent')).map(({ Agent }) => Agent!);
  expect(sorted.slice(0, 2)).toEqual(['codex', 'claude']);
  expect(sorted[2]).toMatch(/^=cmd/);
});

test('what agents wrote is text: on the page without what acts on a screen, in the CSV no formula', async () => {
  const name = (await rowsOf('By agent')).at(-1)!.Agent!;
  expect(name).toBe(HOSTILE.replace('\u202e', ''));
  const csv = await csvOf('By agent');
  expect(csv[0]).toMatch(/^agent,total,judged_success_rate,interval_lower,interval_upper,/);
  expect(csv.at(-1)).toMatch(/^"'=cmd\|""\/c calc""!A1 <img/);
  expect(await page.evaluate<unknown>('window.hurt')).toBeUndefined();
});

test('charts and table over time are of the same figures, and the CSV has them in full', async () => {
  const { trends } = await report();
  const part = page.getByRole('region', { name: /^Over time/ }).first();
  const runs = part.getByRole('img', { name: /^Runs: 12/ });
  await runs.waitFor();
  const box = (await runs.boundingBox())!;
  await page.mouse.move(box.x + 2, box.y + box.height / 2);
  const cost = part.getByRole('figure').filter({ hasText: 'Cost' });
  await until(async () => (await cost.innerText()).includes(money(trends.steps[0]!.total_cost_usd)));
  const slider = part.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  expect(await slider.getAttribute('aria-valuetext')).toMatch(
    /^6 Apr.*: Runs 3 · 2 ok, 1 failed, Success rate 67/,
  );

  await part.getByRole('button', { name: 'Table' }).click();
  expect(new URL(page.url()).searchParams.get('tables')).toBe('time');
  await page.reload();
  const title = (await part.getByRole('heading').innerText()).trim();
  const rows = await rowsOf(title);
  expect(rows.map(({ Runs }) => Number(Runs))).toEqual(trends.steps.map(({ runs: ended }) => ended));
  expect(rows.map((row) => row['Success rate'])).toEqual(
    trends.steps.map((step) => rate(step.judged_success_rate)),
  );
  expect(rows.map(({ Cost }) => Cost)).toEqual(
    trends.steps.map((step) => `${step.runs_without_cost > 0 ? '≥\u202f' : ''}${money(step.total_cost_usd)}`),
  );
  const [heads, ...cells] = (await csvOf(title)).map((line) => line.split(','));
  const column = (name: string): (string | undefined)[] => cells.map((row) => row[heads!.indexOf(name)]);
  expect(column('from')).toEqual(trends.steps.map(({ from }) => from));
  expect(column('total_cost_usd')).toEqual(trends.steps.map((step) => String(step.total_cost_usd)));
  expect(column('leverage_tac_mean')).toEqual(trends.steps.map(({ leverage }) => String(leverage.tac!.mean)));
});

test('dimensions, sessions, revisions, tasks and errors are those of the report', async () => {
  await page.goto(`${served.url}/analytics?tables=dimensions.sessions`);
  const { trends, task_consistency } = await report();
  const [depth] = trends.dimensions;
  expect((await rowsOf('Scores by dimension')).map((row) => [row['First round'], row['Last round']])).toEqual(
    depth!.points.map(({ first, last }) => [figure(first), figure(last)]),
  );
  expect((await rowsOf('Leverage by session')).map((row) => row['Mean (TAC)'])).toEqual(
    trends.sessions.map(({ leverage }) => figure(leverage.tac!.mean)),
  );
  expect((await rowsOf('Which task types need revision'))[0]).toMatchObject({
    'Task type': 'research',
    Revised: '6',
    Share: '100\u202f%',
  });
  const tasks = await rowsOf('Consistency of tasks');
  expect(tasks).toHaveLength(Object.keys(task_consistency).length);
  expect(tasks[0]!.Result).toBe('varies');
  expect(await rowsOf('Errors by type')).toEqual([
    { Type: 'ValueError', Runs: '1', 'Of all runs': '8\u202f%' },
  ]);
});

test('tools have their calls, errors and times', async () => {
  const { tools } = await json<ToolList>(`${served.url}/api/tools`);
  expect(tools.map(({ tool, calls, errors }) => [tool, calls, errors])).toEqual([
    ['Bash', 12, 4],
    ['Read', 12, 0],
  ]);
  const shown = await rowsOf('Tools');
  expect(shown).toMatchObject(
    tools.map(({ tool, calls, errorRate, medianUs, p95Us }) => ({
      Tool: tool,
      Calls: String(calls),
      'Error rate': percent(errorRate),
      'Median time': duration(medianUs),
      '95 % within': duration(p95Us),
    })),
  );
});

test('a name narrows the figures, the list has the same runs, and leads back', async () => {
  await page.getByRole('link', { name: 'codex', exact: true }).click();
  const { overall } = await report('?agent=codex');
  await until(async () => (await figureOf('Runs')) === String(overall.total));
  await until(async () => (await rowsOf('Tools'))[0]?.Calls === String(overall.total));
  expect(new URL(page.url()).searchParams.get('agent')).toBe('codex');
  await page.getByRole('link', { name: 'These in the list' }).click();
  await page.getByRole('grid', { name: 'Runs' }).waitFor();
  await until(async () => (await page.getByRole('row').count()) === overall.total + 1);
  await page.getByRole('link', { name: 'Analytics of these' }).click();
  await until(async () => (await figureOf('Runs')) === String(overall.total));
  await page.goto(`${served.url}/analytics?agent=nobody`);
  await page.getByRole('heading', { name: 'No run matches' }).waitFor();
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await until(async () => (await figureOf('Runs')) === '12');
});

test('what the server refuses is said in its own words, and the filters stay at hand', async () => {
  await page.goto(`${served.url}/analytics?label=none`);
  await page.getByRole('heading', { name: 'The parameter "label" must be key=value, not "none".' }).waitFor();
  await page.getByRole('button', { name: 'Remove the filter Label none' }).click();
  await until(async () => (await figureOf('Runs')) === '12');
});

test('runs that end while the page is open are counted without being asked for', async () => {
  await send(lines({ no: 12, agent: 'claude', passed: true }));
  await until(async () => (await figureOf('Runs')) === '13');
  await until(async () => (await rowsOf('Tools'))[0]?.Calls === '13');
  expect(said).toEqual([]);
});

test('nothing is wider than a narrow window', async () => {
  await page.setViewportSize({ width: 420, height: 900 });
  await page.goto(`${served.url}/analytics?tables=time`);
  await rowsOf('Tools');
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420);
  expect(said).toEqual([]);
});
