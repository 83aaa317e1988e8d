import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunReport } from '../../packages/trace/src/analysis/report.ts';
import type { RunList } from '../../packages/trace/src/wire/runs.ts';
import { launch } from '../browser.ts';
import { json, type Served, serve } from '../server-process.ts';
import { tacho } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-hostile-'));
const home = join(folder, 'home');
let served: Served;
let browser: Browser;

/** Everything that a terminal, a page or a path could take for more than text. */
const NASTY = [
  '\u001b[31mred\u001b]0;title\u0007 \u009b2J \u001bP+q\u001b\\',
  '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">',
  '"><svg onload=window.hacked=1> javascript:window.hacked=1 {{7*7}} #{window.hacked=1}',
  '\u202egnp.exe\u2066 מזלג \u200f عربى',
  'line\nbreak\r\u2028tab\tnul\u0000 bell\u0007 back\b\b\b',
  '😀👩‍👩‍👧‍👦 \ud800 lone',
  'x'.repeat(20_000),
  '__proto__',
  'constructor',
  '=HYPERLINK("http://evil.example")',
];
const RUN_IDS = [
  '../../x',
  'a/b',
  '%2e%2e',
  '😀',
  '<b>bold</b>',
  '__proto__',
  'a b?c#d&e=f',
  '\u001b[31mred',
  "o'clock",
  '\u202erun',
];

type Line = Record<string, unknown>;
const T = 1.7e9;
const runs: Record<string, Line[]> = {
  nasty: NASTY.flatMap((text, i) => [
    {
      event: 'run_update',
      ts: T,
      name: text,
      task: text,
      labels: { [text.slice(0, 50)]: text },
      project: text,
      error: text,
    },
    {
      event: 'span_start',
      ts: T + i,
      span_id: `${text.slice(0, 300)}${i}`,
      name: text,
      kind: i % 2 ? 'agent' : text,
      lane: text,
      component: text,
    },
    {
      event: 'span_event',
      ts: T + i,
      span_id: `${text.slice(0, 300)}${i}`,
      name: text,
      attributes: { [text]: text },
    },
    {
      event: 'span_end',
      ts: T + i + 1,
      span_id: `${text.slice(0, 300)}${i}`,
      status: 'error',
      error: { type: text, message: text, stack: text },
      model: text,
      tool: text,
      inputs: text,
      outputs: { [text]: [text] },
    },
    { event: 'score', ts: T, name: text, value: i, dimension: text, round: 'r1', comment: text },
  ]),
  cycles: [
    { event: 'span', ts: T, span_id: 'a', parent: 'c', duration_ms: 10 },
    { event: 'span', ts: T, span_id: 'b', parent: 'a', duration_ms: 10 },
    { event: 'span', ts: T, span_id: 'c', parent: 'b', duration_ms: 10 },
    { event: 'span', ts: T, span_id: 'self', parent: 'self', duration_ms: 10 },
    { event: 'span', ts: T, span_id: 'orphan', parent: 'nobody', duration_ms: 10 },
  ],
  deep: Array.from({ length: 10_000 }, (_, i) => ({
    event: 'span',
    ts: T + i / 1000,
    span_id: `d${i}`,
    ...(i > 0 && { parent: `d${i - 1}` }),
    duration_ms: 20_000 - i,
  })),
  clocks: [
    { event: 'span_start', ts: T + 100, span_id: 'late' },
    { event: 'span_end', ts: T + 50, span_id: 'late' },
    { event: 'span', ts: T + 5000, span_id: 'child', parent: 'late', duration_ms: 1e12 },
    { event: 'span', ts: T, span_id: 'negative', duration_ms: -5 },
    { event: 'span', ts: 9.9e10, span_id: 'far', duration_ms: 1 },
    { event: 'span', ts: T, span_id: 'huge', tokens: 1e300, cost_usd: -1, duration_ms: 1e300 },
    {
      event: 'span',
      ts: T,
      span_id: 'tokens',
      usage: { input_tokens: -5, output_tokens: 'many' },
      model: 'm',
      duration_ms: 1,
    },
    { event: 'span_start', ts: T + 1, span_id: 'never-ended' },
    { event: 'span_end', ts: T + 2, span_id: 'never-started', duration_ms: 1 },
  ],
  repeated: Array.from({ length: 300 }, (_, i) => [
    { event: 'span_start', ts: T + i, span_id: 'same', name: `time ${i}` },
    { event: 'span_end', ts: T + i + 0.5, span_id: 'same' },
  ]).flat(),
  busy: [
    { event: 'span_start', ts: T, span_id: 'busy' },
    ...Array.from({ length: 100_000 }, (_, i) => ({
      event: 'span_event',
      ts: T + i / 1e4,
      span_id: 'busy',
      name: `e${i}`,
    })),
  ],
  large: [{ event: 'span', ts: T, span_id: 'large', duration_ms: 1, inputs: 'y'.repeat(16 * 1024 * 1024) }],
  nested: [
    { event: 'span', ts: T, span_id: 'n199', duration_ms: 1, inputs: nested(190) },
    { event: 'span', ts: T, span_id: 'n5000', duration_ms: 1, inputs: nested(5000) },
  ],
};

function nested(levels: number): unknown {
  let value: unknown = 'core';
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { v: value };
  return value;
}

/** JSON.stringify gives up at some thousand levels: the deep one is written by hand. */
function text(line: Line): string {
  if (line.span_id !== 'n5000') return JSON.stringify(line);
  return `{"event":"span","ts":${T},"run_id":"nested","span_id":"n5000","duration_ms":1,"inputs":${'['.repeat(5000)}1${']'.repeat(5000)}}`;
}

beforeAll(async () => {
  const file = join(folder, 'hostile.jsonl');
  const all = [
    JSON.stringify({ event: 'run_start', ts: T, run_id: '..' }),
    ...Object.entries(runs).flatMap(([runId, records]) =>
      records.map((each) => text({ run_id: runId, ...each })),
    ),
    ...RUN_IDS.flatMap((runId, i) => [
      JSON.stringify({ event: 'run_start', ts: T + i, run_id: runId, name: `run ${i}` }),
      JSON.stringify({ event: 'span', ts: T + i, run_id: runId, span_id: 's', duration_ms: 1000 }),
      JSON.stringify({ event: 'run_end', ts: T + i + 1, run_id: runId, status: 'ok' }),
    ]),
  ];
  writeFileSync(file, `${all.join('\n')}\n`);
  served = await serve({ home });
  const { code, out, err } = await tacho(['import', file, '--json'], { home });
  expect([code, err]).toEqual([0, '']);
  const result = JSON.parse(out) as { runs: string[]; refused: { line: number; reason: string }[] };
  expect(new Set(result.runs)).toEqual(new Set([...Object.keys(runs), ...RUN_IDS]));
  expect(result.refused).toEqual([
    { file, line: 1, reason: expect.stringMatching(/"run_id" is "\.\."/) },
    { file, line: expect.any(Number), reason: expect.stringMatching(/nests deeper than 200/) },
  ]);
  browser = await launch();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not be there
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test('what came in is told whole, and marked where it is odd', async () => {
  const report = async (runId: string): Promise<RunReport> =>
    json(`${served.url}/api/runs/${encodeURIComponent(runId)}/report`);
  expect((await report('deep')).run.spans).toBe(10_000);
  expect((await report('cycles')).run.spans).toBe(5);
  expect((await report('repeated')).run.spans).toBe(300);
  const notes = JSON.stringify((await report('clocks')).quality);
  expect(notes).toMatch(/ends-before-start/);
  expect(notes).toMatch(/impossible-value/);
  expect(JSON.stringify((await report('repeated')).quality)).toMatch(/repeated-id/);
  const { inputs } = await json<{ inputs: { $cut: boolean; length: number } }>(
    `${served.url}/api/runs/large/spans/0`,
  );
  expect(inputs).toMatchObject({ $cut: true, length: 16 * 1024 * 1024 });
});

test('a terminal is told nothing but text', async () => {
  for (const argv of [
    ['runs', '--limit', '0'],
    ['inspect', '--all'],
    ...[...Object.keys(runs), ...RUN_IDS].map((id) => ['inspect', id]),
  ]) {
    const { code, out, err } = await tacho(argv, { home });
    expect([argv, code, err]).toEqual([argv, 0, '']);
    expect([argv, CONTROLS.exec(out)?.[0]]).toEqual([argv, undefined]);
  }
  const { code, out, err } = await tacho(['inspect', '\u001b[31mno such run'], { home });
  expect([code, out, CONTROLS.test(err)]).toEqual([3, '', false]);
}, 60_000);

test('every run is exported in every format, to where it was asked to and nowhere else', async () => {
  const before = readdirSync(folder).sort();
  const ids = [...Object.keys(runs), ...RUN_IDS];
  for (const format of ['telemetry', 'chrome-trace']) {
    for (const [i, id] of ids.entries()) {
      const answer = await fetch(`${served.url}/api/runs/${encodeURIComponent(id)}/export?format=${format}`);
      expect([id, answer.status]).toEqual([id, 200]);
      const written = await answer.text();
      if (format === 'chrome-trace') expect(() => JSON.parse(written)).not.toThrow();
      else for (const line of written.trim().split('\n')) JSON.parse(line);
      if (i % 6 !== 0) continue;
      const file = join(folder, 'export.out');
      const { code } = await tacho(['export', id, '--format', format, '-o', file], { home });
      expect([id, code]).toEqual([id, 0]);
      expect(readFileSync(file, 'utf8').length).toBeGreaterThan(0);
      rmSync(file);
    }
  }
  expect(readdirSync(folder).sort()).toEqual(before);
}, 60_000);

test('the page shows all of it as text', async () => {
  const page: Page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const said: string[] = [];
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
  page.on('dialog', (dialog) => said.push(dialog.message()));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const { runs: listed } = await json<RunList>(`${served.url}/api/runs?limit=1000`);
  await page.goto(`${served.url}/`);
  await page.waitForSelector('text=cycles');
  for (const runId of listed.map((run) => run.runId)) {
    await page.goto(`${served.url}/runs/${encodeURIComponent(runId)}`);
    await page.waitForSelector('[role=tab]', { timeout: 15_000 });
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await page.waitForTimeout(50);
    }
    const state = await page.evaluate(
      '({ hacked: window.hacked, scripts: document.querySelectorAll("img[src=x], [onload], [onerror]").length, shown: document.body.innerText.length })',
    );
    expect([runId, state]).toEqual([runId, { hacked: undefined, scripts: 0, shown: expect.any(Number) }]);
  }
  expect(said).toEqual([]);
  expect(
    asked.filter(
      (url) => !url.startsWith(served.url) && !url.startsWith('data:') && !url.startsWith('blob:'),
    ),
  ).toEqual([]);
  await page.close();
}, 120_000);
