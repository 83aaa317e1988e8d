import { expect, test } from 'vitest';
import { openServed } from './open-page.ts';
import { until } from './server-process.ts';

const RUNS = 5_000;
const START_S = Date.UTC(2026, 3, 6, 10) / 1000;
const AGENTS = ['claude-code', 'codex', 'gemini-cli'];
const MODELS = ['claude-opus-4-1', 'gpt-5-mini', 'gemini-2.5-pro'];
/** What a person looks for in each row, as the head of the list calls it. */
const LOOKED_FOR = ['Name', 'Status', 'Start', 'Duration', 'Tokens', 'Cost', 'Agent', 'Models', 'Score'];

const { page, said, served } = await openServed('run-list');

function linesOf(no: number): object[] {
  const run_id = `run-${no}`;
  const ts = START_S + no * 60;
  const model = MODELS[no % 3];
  return [
    {
      event: 'run_start',
      run_id,
      ts,
      name: `task ${no} of a benchmark whose tasks have long names`,
      task_type: 'swe-bench',
      labels: { agent: AGENTS[no % 3] },
      attributes: { tac_hours: 1 },
    },
    { event: 'usage', run_id, ts: ts + 5, model, input_tokens: 120_000, output_tokens: 900, call_id: run_id },
    { event: 'score', run_id, ts: ts + 6, name: 'score', value: 8.45, round: 'r1' },
    { event: 'run_end', run_id, ts: ts + 3725, status: no % 5 === 0 ? 'interrupted' : 'ok' },
  ];
}

for (let from = 0; from < RUNS; from += 1000) {
  const lines = Array.from({ length: 1000 }, (_, at) => linesOf(from + at)).flat();
  const answer = await fetch(`${served.url}/v1/telemetry`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
  });
  expect(answer.ok).toBe(true);
}

type Cell = { text: string; left: number; right: number; cut: boolean };
type Seen = {
  /** Of what can be scrolled to sideways. */
  widthPx: number;
  roomPx: number;
  /** Cells by the titles of their columns, and the heights, of the rows that are laid out. */
  rows: { cells: Record<string, Cell>; heightPx: number }[];
};

const SEE = `(() => {
  const grid = document.querySelector('[role=grid]');
  const [head, ...rows] = grid.querySelectorAll('[role=row]');
  const titles = [...head.children].map((cell) => cell.innerText.trim());
  const cellOf = (cell) => {
    const { left, right } = cell.getBoundingClientRect();
    return { text: cell.innerText, left, right, cut: cell.scrollWidth > cell.clientWidth };
  };
  return {
    widthPx: grid.scrollWidth,
    roomPx: grid.clientWidth,
    rows: rows.map((row) => ({
      cells: Object.fromEntries([...row.children].map((cell, at) => [titles[at], cellOf(cell)])),
      heightPx: row.getBoundingClientRect().height,
    })),
  };
})()`;

/** The list, once it stands there. */
async function seen(): Promise<Seen> {
  await page.getByRole('gridcell', { name: 'task' }).first().waitFor();
  return page.evaluate<Seen>(SEE);
}

test.each([1440, 1280, 1024, 900, 700, 420])(
  'on %i px nothing that is looked for is out of the window',
  async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${served.url}/runs`);
    const { widthPx, roomPx, rows } = await seen();
    expect(widthPx).toBeLessThanOrEqual(roomPx);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const { cells } = rows[0]!;
    const no = RUNS - 1;
    expect(cells.Agent!.text).toBe(AGENTS[no % 3]);
    expect(cells.Models!.text).toBe(MODELS[no % 3]);
    expect(cells.Score!.text).toBe('8.45');
    for (const { cells } of rows)
      for (const title of LOOKED_FOR) {
        const cell = cells[title]!;
        expect(cell.text).not.toBe('');
        expect(cell.left).toBeGreaterThanOrEqual(0);
        expect(cell.right).toBeLessThanOrEqual(width);
        // Names may be of any length; their titles tell them in full.
        expect(cell.cut && title !== 'Name', `${title}: ${cell.text}`).toBe(false);
      }
    expect(new Set(rows.map(({ heightPx }) => heightPx)).size).toBe(1);
    expect(rows.length).toBeLessThan(80);
  },
);

test('each column that a laptop shows in the second line sorts the list, too', async () => {
  await page.setViewportSize({ width: 1024, height: 800 });
  await page.goto(`${served.url}/runs`);
  const head = page.getByRole('columnheader', { name: 'Agent' });
  await head.getByRole('button').click();
  await until(async () => (await head.getAttribute('aria-sort')) === 'ascending');
  await until(async () => (await seen()).rows.every(({ cells }) => cells.Agent!.text === 'claude-code'));
  const { cells } = (await seen()).rows[0]!;
  expect(Object.keys(cells)).toHaveLength(13);
});

test('keys go through rows of two lines, and a row that is chosen is in sight', async () => {
  await page.setViewportSize({ width: 1024, height: 800 });
  await page.goto(`${served.url}/runs`);
  const grid = page.getByRole('grid', { name: 'Runs' });
  await seen();
  await grid.focus();
  for (let step = 0; step < 4; step++) await page.keyboard.press('PageDown');
  const chosen = page.getByRole('row', { selected: true });
  await chosen.waitFor();
  const [row, table] = [(await chosen.boundingBox())!, (await grid.boundingBox())!];
  expect(row.y + row.height).toBeLessThanOrEqual(table.y + table.height);
  const id = await chosen.getAttribute('id');
  expect(await grid.getAttribute('aria-activedescendant')).toBe(id);
  await page.keyboard.press('Enter');
  await until(async () => page.url().includes(`/runs/${id?.replace('run-', '')}`));
});

test('what was at the top stays there when the window changes', async () => {
  await page.setViewportSize({ width: 1440, height: 800 });
  await page.goto(`${served.url}/runs`);
  await seen();
  const topOf = (): Promise<string> =>
    page.evaluate<string>(`(() => {
      const grid = document.querySelector('[role=grid]');
      const floor = grid.firstElementChild.getBoundingClientRect().bottom;
      return [...grid.querySelectorAll('a[role=row]')].find((row) => row.getBoundingClientRect().bottom > floor + 8)?.id ?? '';
    })()`);
  await page.evaluate(`document.querySelector('[role=grid]').scrollTop = 34 * 60`);
  const before = await until(async () => {
    const id = await topOf();
    return id !== `run-run-${RUNS - 1}` && id !== '' && id;
  });
  await page.setViewportSize({ width: 700, height: 800 });
  await until(async () => (await topOf()) === before);
  await page.setViewportSize({ width: 1440, height: 800 });
  await until(async () => (await topOf()) === before);
  expect(said).toEqual([]);
});
