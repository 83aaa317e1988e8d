import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolReport } from '@tacho/trace/analysis/tool-profile';
import type { ToolsAnswer } from '@tacho/trace/wire/tools';
import Ajv from 'ajv/dist/2020.js';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaNamed, storeRecords, type Typed, typedAt } from '../../../../tests/terminal.ts';
import { openTacho } from '../server/open.ts';

const T = 1_775_000_000;
const LONG = 'x'.repeat(10_000);
let home: string;

const ajv = new Ajv.default({ allErrors: true, strict: false });
/** One JSON document of the published shape. */
function document<T>({ out }: Typed, schema: string): T {
  const value: unknown = JSON.parse(out);
  ajv.validate(schemaNamed(schema), value);
  expect(ajv.errorsText(ajv.errors), schema).toBe('No errors');
  return value as T;
}

let number = 0;
const call = (run: string, tool: string, ms: number, fields: object = {}): object => ({
  event: 'span',
  run_id: run,
  span_id: `s${number++}`,
  kind: 'tool',
  name: tool,
  tool,
  ts: T + number,
  duration_ms: ms,
  status: 'ok',
  ...fields,
});
const failed = (type: string, message: string): object => ({ status: 'error', error: { type, message } });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-tools-'));
  await storeRecords(home, [
    { event: 'run_start', run_id: 'r', ts: T, project: 'shop' },
    call('r', 'Bash', 100, { inputs: { command: 'rg foo' }, outputs: 'a:1\n' }),
    call('r', 'Bash', 300, { inputs: { command: 'npm test' }, ...failed('exit', 'Exit code 1\nboom') }),
    call('r', 'Bash', 0, { inputs: { command: 'rm -rf /' }, status: 'cancelled' }),
    call('r', 'Grep', 200),
    call('r', 'Read', 20),
    { event: 'run_end', run_id: 'r', ts: T + 20, status: 'ok' },
    { event: 'run_start', run_id: 'hostile', ts: T + 30, project: 'other' },
    call('hostile', LONG, 5, failed(`${LONG}\u001b[2J`, `\u001b[31m${LONG}`)),
    call('hostile', '\u001b[2J\u202ered\n', 5, failed('t', 'm')),
    call('hostile', '__proto__', 5),
    ...Array.from({ length: 40 }, (_, at) => call('hostile', `tool_${at}`, 1, failed(`E${at}`, 'm'))),
    { event: 'run_end', run_id: 'hostile', ts: T + 100, status: 'ok' },
    { event: 'run_start', run_id: 'empty', ts: T - 30 },
    { event: 'run_end', run_id: 'empty', ts: T - 20, status: 'ok' },
  ]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const typed = (columns: number, ...argv: string[]): Promise<Typed> =>
  typedAt(home, ['tools', ...argv], { columns });

test('the tools of a run: categories, searches, files, failures; the same over HTTP', async () => {
  const report = document<{ runId: string } & ToolReport>(await typed(80, 'r', '--json'), 'tool-report');
  expect(report).toMatchObject({ runId: 'r', calls: 5, searches: 2, fileOperations: 2 });
  expect(report.categories.map(({ category, calls }) => [category, calls])).toEqual([
    ['code_search', 2],
    ['file_operation', 2],
    ['verification', 1],
  ]);
  // Half of the way between 100 and 200 ms.
  expect(report.categories[0]).toMatchObject({ p50Us: 150_000, totalUs: 300_000, successRate: 1 });
  expect(report.tools[0]).toMatchObject({
    name: 'Bash',
    categories: { code_search: 1, verification: 1, file_operation: 1 },
    calls: 3,
    share: 0.6,
    successRate: 0.5,
    outputBytes: 4,
  });
  expect(report.failures.byType).toMatchObject([
    { type: 'exit', failures: 1, example: { tool: 'Bash', message: 'boom' } },
  ]);
  const tacho = await openTacho({ home });
  const answer = await tacho.fetch(new Request('http://localhost/api/runs/r/tools'));
  expect(await answer.json()).toEqual(report);
  expect((await tacho.fetch(new Request('http://localhost/api/runs/none/tools'))).status).toBe(404);
  await tacho.close();
});

test('the screen says them, and leaves out what a narrow one has no room for', async () => {
  const { out } = await typed(80, 'r');
  expect(out).toContain('5 calls of 3 tools · 2 searches · 2 file operations · 1 failure');
  expect(out).toMatch(/Code search +2 +40% +100% +300 ms +150 ms/);
  expect(out).toMatch(/Bash +Several +3 +60% +50% +1/);
  expect(out).toMatch(/exit +1 +100% +Bash: boom/);
  expect((await typed(160, 'r')).out).toMatch(/STOPPED.*P99.*GIVEN OUT/);
  expect((await typed(80, 'empty')).out).toContain('No tool was called in this run.');
});

test.each([80, 120])('names from logs break no screen of %i columns', async (columns) => {
  for (const argv of [['hostile'], []]) {
    const { out } = await typed(columns, ...argv);
    for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202e');
    expect(out).toContain('__proto__');
  }
  expect((await typed(columns, 'hostile')).out).toContain('more types: --json has all');
});

test('each tool over the runs that fit', async () => {
  const list = document<ToolsAnswer>(await typed(80, '--project', 'shop', '--json'), 'tools-list');
  expect(list).toMatchObject({
    total: 3,
    tools: [{ tool: 'Bash', category: 'shell', runs: 1, calls: 3, errors: 1, cancelled: 1 }, {}, {}],
  });
  const { out } = await typed(120, '--project', 'shop', '--limit', '1');
  expect(out).toMatch(/Bash +Shell +1 +3 +1 +33% +1 +100 ms/);
  expect(out).toContain('… and 2 more tools: --limit shows more of them.');
  expect((await typed(80, '--project', 'none')).out).toContain('No tool was called in the runs that fit.');
});

test('a run that is named and filters are not both taken', async () => {
  for (const idle of [
    ['--project', 'shop'],
    ['--limit', '3'],
  ]) {
    const { code, err } = await typed(80, 'r', ...idle);
    expect(code).toBe(2);
    expect(err).toContain(`${idle[0]} says nothing of a run that is named`);
  }
});
