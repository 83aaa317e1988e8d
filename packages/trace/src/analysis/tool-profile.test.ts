import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { SpanRecord } from '../model/record.ts';
import { toolReportOf } from './tool-profile.ts';
import { purposeOfName } from './tool-purpose.ts';

let number = 0;
function call(name: string, fields: Partial<SpanRecord> = {}): SpanRecord {
  const span_id = `${number++}`;
  return {
    event: 'span',
    run_id: 'r',
    span_id,
    ts: 1_700_000_000,
    kind: 'tool',
    tool: { name },
    duration_ms: 1000,
    ...fields,
  };
}
const bash = (command: string): SpanRecord => call('Bash', { inputs: { command } });

test('calls, outcomes, times and tokens by tool', () => {
  const { tools, calls, searches, failures } = toolReportOf(
    foldRun([
      ...[2000, 2000, 3000, 3000].map((duration_ms) =>
        call('sourcegraph_deep_search', { duration_ms, usage: { input_tokens: 200, output_tokens: 100 } }),
      ),
      call('sourcegraph_deep_search', {
        duration_ms: 2500,
        status: 'error',
        error: { type: 'TimeoutError', message: 'late' },
        usage: { input_tokens: 200, output_tokens: 100 },
      }),
      call('Read'),
    ]),
  );
  expect(tools[0]).toEqual({
    name: 'sourcegraph_deep_search',
    category: 'code_search',
    categories: { code_search: 5 },
    calls: 5,
    share: 5 / 6,
    succeeded: 4,
    failed: 1,
    cancelled: 0,
    open: 0,
    untold: 0,
    successRate: 0.8,
    // 2, 2, 2.5, 3 and 3 s. Of four places the 95th percentile is at 3.8 and the 99th at 3.96, between 3 s and 3 s.
    totalUs: 12.5e6,
    meanUs: 2.5e6,
    p50Us: 2.5e6,
    p95Us: 3e6,
    p99Us: 3e6,
    inputTokens: 1000,
    outputTokens: 500,
    inputBytes: null,
    outputBytes: null,
  });
  expect(tools[1]).toMatchObject({ name: 'Read', inputTokens: null, outputTokens: null });
  expect({ calls, searches }).toEqual({ calls: 6, searches: 5 });
  expect(failures.total).toBe(1);
  expect(failures.rate).toBeCloseTo(1 / 6);
  expect(failures.byType).toMatchObject([{ type: 'TimeoutError', failures: 1, share: 1 }]);
  expect(failures.byTool).toMatchObject([
    { tool: 'sourcegraph_deep_search', failures: 1, calls: 5, rate: 0.2 },
  ]);
});

test('every call went one way, and times are of those that have an end', () => {
  const { tools, categories } = toolReportOf(
    foldRun([
      call('Read', { status: 'ok', duration_ms: 10 }),
      call('Read', { status: 'error', duration_ms: 20 }),
      call('Read', { status: 'cancelled', duration_ms: 30 }),
      call('Read', { status: 'unset', duration_ms: 40 }),
      { ...call('Read'), event: 'span_start', duration_ms: undefined } as never,
      call('Grep', { status: 'ok', duration_ms: 7 }),
    ]),
  );
  expect(tools[0]).toMatchObject({ calls: 5, succeeded: 1, failed: 1, cancelled: 1, open: 1, untold: 1 });
  // 10, 20, 30 and 40 ms: half of the way from 20 to 30; 0.95 * 3 = 2.85 and 0.99 * 3 = 2.97 places.
  expect(tools[0]).toMatchObject({ successRate: 0.5, p50Us: 25_000, totalUs: 100_000 });
  expect(tools[0]!.p95Us).toBeCloseTo(38_500);
  expect(tools[0]!.p99Us).toBeCloseTo(39_700);
  expect(categories).toMatchObject([
    { category: 'file_operation', calls: 5 },
    { category: 'code_search', calls: 1, successRate: 1, p99Us: 7_000 },
  ]);
});

test('a call is in one category, though its tool is in several', () => {
  const { categories, calls } = toolReportOf(
    foldRun([bash('pytest'), bash('rg foo'), bash('rg bar'), call('Grep'), call('TodoWrite')]),
  );
  expect(categories.map(({ category, calls: of }) => [category, of])).toEqual([
    ['code_search', 3],
    ['verification', 1],
    ['planning', 1],
  ]);
  expect(categories.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  expect(calls).toBe(5);
});

test('bytes are those of the text as UTF-8, and of everything else as JSON', () => {
  const [tool] = toolReportOf(
    foldRun([
      call('Read', { inputs: { path: 'a' }, outputs: 'aäπ😀' }),
      call('Read', { inputs: { path: 'ä' } }),
    ]),
  ).tools;
  const length = (text: string): number => new TextEncoder().encode(text).length;
  expect(tool).toMatchObject({
    inputBytes: length('{"path":"a"}') + length('{"path":"ä"}'),
    outputBytes: length('aäπ😀'),
  });
});

test('failures by type and by tool, the most frequent first, each with an example', () => {
  const fail = (name: string, error: string | { type: string; message: string }, outputs = ''): SpanRecord =>
    call(name, { status: 'error', error, outputs });
  const { failures } = toolReportOf(
    foldRun([
      fail('Bash', 'Exit code 2\nmake: *** [all] Error 1'),
      fail('Bash', 'Exit code 1\nSyntaxError: bad'),
      fail('Bash', 'Exit code 1'),
      fail('Edit', { type: 'tool_use_error', message: '<tool_use_error>String not found.</tool_use_error>' }),
      fail('fetch', 'the request timed out'),
      fail('fetch', 'no'),
      call('Bash', { status: 'ok' }),
    ]),
  );
  expect(failures).toMatchObject({ total: 6, rate: 6 / 7 });
  expect(failures.byType.map(({ type, failures: times, example }) => [type, times, example.message])).toEqual(
    [
      ['exit code 1', 2, 'SyntaxError: bad'],
      ['exit code 2', 1, 'make: *** [all] Error 1'],
      ['tool_use_error', 1, 'String not found.'],
      ['timeout', 1, 'the request timed out'],
      ['unknown', 1, 'no'],
    ],
  );
  expect(failures.byTool.map(({ tool, failures: times, calls, rate }) => [tool, times, calls, rate])).toEqual(
    [
      ['Bash', 3, 4, 0.75],
      ['fetch', 2, 2, 1],
      ['Edit', 1, 1, 1],
    ],
  );
  expect(failures.byTool[0]!.example).toMatchObject({ tool: 'Bash', type: 'exit code 2' });
});

test('G17: a shell call is one action, in one category', () => {
  const { tools, calls } = toolReportOf(
    foldRun([
      bash('cd x && cat a && pytest'),
      bash('cat a | head'),
      bash('cd x && git log'),
      bash('cd somewhere'),
    ]),
  );
  expect(calls).toBe(4);
  expect(tools[0]).toMatchObject({
    name: 'Bash',
    category: 'shell',
    categories: { verification: 1, file_operation: 1, code_generation: 1, shell: 1 },
  });
});

test('G18: MCP tools are found by their real names', () => {
  expect(purposeOfName('mcp__sourcegraph__sg_keyword_search')).toBe('code_search');
  expect(purposeOfName('mcp__filesystem__write_file')).toBe('code_generation');
  expect(toolReportOf(foldRun([call('mcp__sourcegraph__keyword_search')])).searches).toBe(1);
});

test('G19: words are matched as words', () => {
  const { searches } = toolReportOf(
    foldRun([
      bash('npm run package && cat feedback.txt'),
      bash('git stash pop'),
      bash('flag --arg x'),
      call('Bash', { inputs: { command: ['bash', '-lc', 'rg foo'] } }),
    ]),
  );
  expect(searches).toBe(1);
  expect(purposeOfName('research_backpack')).toBe('other');
});

test('the names of the second seed', () => {
  expect(
    [
      'sourcegraph_deep_search',
      'file_operations',
      'git_operations',
      'agent_execution',
      'test_verification',
    ].map(purposeOfName),
  ).toEqual(['code_search', 'file_operation', 'code_generation', 'code_generation', 'verification']);
});

test('nothing says nothing', () => {
  expect(toolReportOf(foldRun([]))).toMatchObject({
    tools: [],
    calls: 0,
    failures: { total: 0, rate: null },
  });
});
