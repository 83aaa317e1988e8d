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
    purpose: 'code_search',
    purposes: { code_search: 5 },
    calls: 5,
    succeeded: 4,
    failed: 1,
    meanUs: 2.5e6,
    inputTokens: 1000,
    outputTokens: 500,
  });
  expect(tools[1]).toMatchObject({ name: 'Read', inputTokens: null, outputTokens: null });
  expect({ calls, searches }).toEqual({ calls: 6, searches: 5 });
  expect(failures.total).toBe(1);
  expect(failures.rate).toBeCloseTo(1 / 6);
  expect([...failures.byType]).toEqual([['TimeoutError', 1]]);
  expect([...failures.rateByTool]).toEqual([['sourcegraph_deep_search', 0.2]]);
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
    purpose: 'shell',
    purposes: { verification: 1, file_operation: 1, code_generation: 1, shell: 1 },
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
