import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { writeChromeTrace } from '@tacho/trace/formats/chrome-trace/write';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './browser.ts';

const RELEASE = join(import.meta.dirname, '../node_modules/speedscope/dist/release');
const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

let browser: Browser;
let server: Server;
let address: string;
let trace = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname) || 'index.html';
    if (name === 'trace.json') return response.end(trace);
    const path = join(RELEASE, name);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream');
    return createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Nine agents at once, then three in a row, one of which fails and one of which is torn off: what the demo does, smaller. */
function panelRun(): TraceRecord[] {
  const start = 1_700_000_000;
  const span = (
    id: string,
    parent: string | undefined,
    kind: string,
    from: number,
    seconds?: number,
  ): TraceRecord => ({
    event: 'span',
    run_id: 'panel',
    span_id: id,
    ...(parent !== undefined && { parent }),
    kind,
    ts: start + from,
    ...(seconds !== undefined && { duration_ms: seconds * 1000 }),
  });
  const records: TraceRecord[] = [
    { event: 'run_start', run_id: 'panel', name: 'panel', ts: start },
    span('lead', undefined, 'agent', 0, 40),
    span('libraries', 'lead', 'stage', 1, 20),
    span('applications', 'lead', 'stage', 22, 18),
  ];
  for (let i = 0; i < 9; i++) {
    records.push(span(`library-${i}`, 'libraries', 'agent', 1, 10 + i));
    records.push(span(`library-${i}-bash`, `library-${i}`, 'tool', 2, 4));
    records.push(span(`library-${i}-read`, `library-${i}`, 'tool', 3, 5));
    records.push({
      ...span(`library-${i}-call`, `library-${i}`, 'llm', 9, 1),
      model: 'm',
      tokens: 1000,
    } as TraceRecord);
  }
  for (let i = 0; i < 3; i++)
    records.push({
      ...span(`application-${i}`, 'applications', 'agent', 22 + i * 6, i === 2 ? undefined : 6),
      ...(i === 1 && { error: 'timeout' }),
    } as TraceRecord);
  records.push({ event: 'run_end', run_id: 'panel', ts: start + 40 });
  return records;
}

test('Speedscope opens a trace in a real browser and shows every lane as a profile', async () => {
  trace = [...writeChromeTrace(foldRun(panelRun()))].join('');
  const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', async (dialog) => {
    problems.push(dialog.message());
    await dialog.dismiss();
  });
  await page.goto(`${address}/index.html#profileURL=${encodeURIComponent(`${address}/trace.json`)}`);
  await page.waitForFunction("document.title.endsWith(' - speedscope')", undefined, { timeout: 20_000 });

  const lanes = (
    JSON.parse(trace) as { traceEvents: { name: string; args?: { name?: string } }[] }
  ).traceEvents
    .filter((event) => event.name === 'thread_name')
    .map((event) => event.args?.name);
  expect(lanes).toHaveLength(24);
  for (const lane of lanes) {
    await page.getByText(`, ${lane} (tid `).first().waitFor();
    if (lane !== lanes.at(-1)) await page.keyboard.press('n');
  }
  expect(lanes).toContain('library-0 · parallel 2');

  // The sandwich view is a table in the page: what the slices of the last lane are, and how long.
  await page.getByText('Sandwich').click();
  const table = await page.locator('table').first().textContent();
  expect(table).toMatch(/6\.00s.*application-2/s);
  expect(await page.getByText('Something went wrong').count()).toBe(0);
  expect(problems).toEqual([]);
});
