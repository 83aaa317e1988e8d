import { expect, test } from 'vitest';
import { expectValidMetrics } from '../../../../../tests/metrics-schema.ts';
import { foldRun } from '../../model/fold.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { enterpriseMetrics } from './format.ts';
import { enterpriseMetricsOf } from './write.ts';

const T = 1_766_000_000;

/** A model call from second to second, of so many tokens in and out. */
function thought(id: string, from: number, to: number, input: number, output: number): TraceRecord {
  return {
    event: 'span',
    run_id: 'r',
    span_id: id,
    parent: 'agent',
    kind: 'llm',
    name: id,
    model: 'm',
    ts: T + from,
    end_ts: T + to,
    usage: { input_tokens: input, output_tokens: output },
  };
}

function call(
  tool: string,
  from: number,
  to: number,
  inputs: JsonValue,
  outputs: JsonValue = '',
): TraceRecord {
  return {
    event: 'span',
    run_id: 'r',
    span_id: `${tool}@${from}`,
    parent: 'agent',
    kind: 'tool',
    name: tool,
    tool,
    ts: T + from,
    end_ts: T + to,
    inputs,
    outputs,
  };
}

const EXAMPLE: TraceRecord[] = [
  {
    event: 'run_start',
    run_id: 'r',
    ts: T,
    name: 'fix the parser',
    labels: { task_id: 'big-code-vsc-001', agent_type: 'baseline', agent: 'claude-code' },
    attributes: { cwd: '/srv' },
  },
  { event: 'span', run_id: 'r', span_id: 'agent', kind: 'agent', name: 'main', ts: T, end_ts: T + 60 },
  thought('m1', 0, 10, 100, 20),
  call('Read', 10, 11, { file_path: 'docs/readme.md' }),
  thought('m2', 11, 15, 180, 20),
  call('Grep', 15, 16, { pattern: 'parse' }),
  call('Read', 16, 17, { file_path: './a.ts' }),
  thought('m3', 17, 27, 250, 50),
  call('Edit', 27, 28, { file_path: '/srv/a.ts', old_string: 'x\ny', new_string: 'x\nz\nw' }),
  thought('m4', 28, 30, 90, 10),
  call(
    'Bash',
    30,
    40,
    { command: 'npm test 2>&1 | tail -20' },
    'AssertionError: expected 1 to be 2\nTests:  1 failed, 3 passed, 4 total',
  ),
  thought('m5', 40, 44, 80, 20),
  call('Bash', 44, 45, { command: "cat a.ts && sed -i 's/z/q/' ./a.ts" }),
  thought('m6', 45, 46, 45, 5),
  call('Bash', 46, 56, { command: 'npm test' }, 'Tests:  4 passed, 4 total'),
  thought('m7', 56, 60, 100, 30),
  { event: 'score', run_id: 'r', name: 'reward', value: 1 },
  { event: 'run_end', run_id: 'r', ts: T + 70, status: 'ok' },
];

/*
 * By hand, from the rules of the seed:
 *
 * Actions   Read (nothing is edited yet: comprehension), Grep (navigation), Read (comprehension), Edit (implementation),
 *           Bash test (testing), Bash cat + sed -i (implementation: the edit is more telling), Bash test (testing): 7.
 *           2/7 = 28.57 %, 1/7 = 14.29 %, 2/7, 2/7. 28.57 - 58 = -29.43; 14.29 - 35 = -20.71.
 * Seconds   m1 10 + Read 1; m2 asks for a search and a read: 2 each; Grep 1; Read 1; m3 10 + Edit 1; m4 2 + test 10;
 *           m5 4 + Bash 1; m6 1 + test 10; m7 leads to nothing: 4 other; 60 to 70 nothing runs.
 *           comprehension 10+1+2+1 = 14, navigation 2+1 = 3, implementation 11+5 = 16, testing 12+11 = 23, other 4,
 *           idle 10: 70 together. Models alone: 10+4+10+2+4+1+4 = 35. Shares of the 60 that something ran:
 *           23.33, 5, 26.67, 38.33 %; 23.33 - 58 = -34.67, 5 - 35 = -30.
 * Tokens    m1 120 comprehension; m2 200 in halves; m3 300 and m5 100 implementation; m4 100 and m6 50 testing; m7 130
 *           other: 220 + 100 + 400 + 150 + 130 = 1000 = 845 in + 155 out. No price is known: no cost.
 * Files     `./a.ts`, `/srv/a.ts` and `a.ts` are one. Read: readme, a.ts, a.ts (cat): 3, of 2 files, 1 of which again:
 *           1/2. Written: Edit, sed: 2, of 1 file. 3 / 2 = 1.5. From readme (10 s) to a.ts (16 s): 6 s; never away again.
 * Tests     Two runs, the first with a failed test though `tail` ends with 0; passed at the second. 10 s each.
 * Thinking  To the first edit 10 (m1), 4 (m2, for two calls), 10 (m3): 8 on average. Tests 2 and 1: 1.5. No read follows
 *           a read at once.
 * Edits     x,y to x,z,w: 1 line away, 2 new. sed does not say its lines. Edit, failing test, edit: one trial.
 * Errors    The failing test, until 40; the next passes at 56: 16 s, with an edit in between. cat came after it: a re-read.
 */
const EXPECTED = {
  metadata: {
    run_id: 'r',
    task_id: 'big-code-vsc-001',
    agent_type: 'baseline',
    timestamp: '2025-12-17T19:33:20.000Z',
    version: '1.0.0',
    session_id: null,
    model: 'm',
    task_category: null,
    repository: null,
    repository_size: null,
    agent: 'claude-code',
    name: 'fix the parser',
  },
  execution: {
    start_time: '2025-12-17T19:33:20.000Z',
    end_time: '2025-12-17T19:34:30.000Z',
    total_duration: 70,
    total_events: 15,
    exit_status: 'success',
    exit_reason: null,
  },
  tokens: {
    total_input: 845,
    total_output: 155,
    total: 1000,
    cache_read: 0,
    cache_creation: 0,
    cost_usd: null,
    by_phase: { comprehension: 220, navigation: 100, implementation: 400, testing: 150, other: 130 },
  },
  time_allocation: {
    total_actions: 7,
    comprehension_actions: 2,
    navigation_actions: 1,
    implementation_actions: 2,
    testing_actions: 2,
    other_actions: 0,
    comprehension_pct: 28.57,
    navigation_pct: 14.29,
    implementation_pct: 28.57,
    testing_pct: 28.57,
    comprehension_seconds: 14,
    navigation_seconds: 3,
    implementation_seconds: 16,
    testing_seconds: 23,
    other_seconds: 4,
    idle_seconds: 10,
    thinking_seconds: 35,
    comprehension_time_pct: 23.33,
    navigation_time_pct: 5,
    implementation_time_pct: 26.67,
    testing_time_pct: 38.33,
    time_to_first_edit: 27,
    time_to_first_test: 30,
    baseline_comparison: {
      comprehension_gap: -29.43,
      navigation_gap: -20.71,
      comprehension_time_gap: -34.67,
      navigation_time_gap: -30,
    },
  },
  navigation: {
    file_reads: 3,
    file_writes: 2,
    unique_files_read: 2,
    unique_files_written: 1,
    navigation_efficiency: 1.5,
    reread_ratio: 0.5,
    rereads: { 'a.ts': 1 },
    dwell_time: { 'docs/readme.md': 6 },
    file_access_timeline: [
      { timestamp: '2025-12-17T19:33:30.000Z', action: 'read', file: 'docs/readme.md', context: 'Read' },
      { timestamp: '2025-12-17T19:33:36.000Z', action: 'read', file: 'a.ts', context: 'Read' },
      { timestamp: '2025-12-17T19:33:47.000Z', action: 'edit', file: 'a.ts', context: 'Edit' },
      { timestamp: '2025-12-17T19:34:04.000Z', action: 'read', file: 'a.ts', context: 'Bash' },
      { timestamp: '2025-12-17T19:34:04.000Z', action: 'write', file: 'a.ts', context: 'Bash' },
    ],
  },
  tool_usage: {
    tool_calls: { Read: 2, Grep: 1, Edit: 1, Bash: 3 },
    mcp_searches: 0,
    mcp_tools_detected: [],
    tool_timeline: [
      {
        timestamp: '2025-12-17T19:33:30.000Z',
        tool: 'Read',
        phase: 'comprehension',
        input: { file_path: 'docs/readme.md' },
        success: true,
      },
      {
        timestamp: '2025-12-17T19:33:35.000Z',
        tool: 'Grep',
        phase: 'navigation',
        input: { pattern: 'parse' },
        success: true,
      },
      {
        timestamp: '2025-12-17T19:33:36.000Z',
        tool: 'Read',
        phase: 'comprehension',
        input: { file_path: './a.ts' },
        success: true,
      },
      {
        timestamp: '2025-12-17T19:33:47.000Z',
        tool: 'Edit',
        phase: 'implementation',
        input: { file_path: '/srv/a.ts', old_string: 'x\ny', new_string: 'x\nz\nw' },
        success: true,
      },
      {
        timestamp: '2025-12-17T19:33:50.000Z',
        tool: 'Bash',
        phase: 'testing',
        input: { command: 'npm test 2>&1 | tail -20' },
        success: true,
      },
      {
        timestamp: '2025-12-17T19:34:04.000Z',
        tool: 'Bash',
        phase: 'implementation',
        input: { command: "cat a.ts && sed -i 's/z/q/' ./a.ts" },
        success: true,
      },
      {
        timestamp: '2025-12-17T19:34:06.000Z',
        tool: 'Bash',
        phase: 'testing',
        input: { command: 'npm test' },
        success: true,
      },
    ],
    search_queries: [
      {
        timestamp: '2025-12-17T19:33:35.000Z',
        tool: 'Grep',
        query: 'parse',
        refinement_of: null,
        success: true,
      },
    ],
  },
  build_test: {
    test_runs: 2,
    build_attempts: 0,
    test_passes: 1,
    test_failures: 1,
    build_successes: 0,
    build_failures: 0,
    time_in_feedback_loop: 20,
    avg_test_duration: 10,
    cycles_to_success: 2,
    test_timeline: [
      {
        timestamp: '2025-12-17T19:33:50.000Z',
        action: 'test',
        result: 'fail',
        duration: 10,
        error_type: 'logic',
        tests_passed: 3,
        tests_failed: 1,
        command: 'npm test 2>&1 | tail -20',
      },
      {
        timestamp: '2025-12-17T19:34:06.000Z',
        action: 'test',
        result: 'pass',
        duration: 10,
        error_type: null,
        tests_passed: 4,
        tests_failed: 0,
        command: 'npm test',
      },
    ],
  },
  comprehension: {
    documentation_reads: 1,
    external_doc_lookups: 0,
    code_summary_requests: 0,
    architecture_queries: 0,
    reread_for_understanding: 1,
    think_time: { avg_before_first_edit: 8, avg_between_reads: null, avg_before_tests: 1.5 },
  },
  implementation: {
    edit_operations: 2,
    edit_success_rate: 1,
    lines_added: 2,
    lines_removed: 1,
    lines_modified: 1,
    edits_of_unknown_lines: 1,
    reverts: 0,
    trial_and_error: 1,
    targeted_edits: 0,
  },
  context_switching: {
    file_switches: 1,
    rapid_switches: 0,
    thrashing_detected: false,
    avg_dwell_time: 6,
    context_switches: [
      {
        timestamp: '2025-12-17T19:33:36.000Z',
        from_file: 'docs/readme.md',
        to_file: 'a.ts',
        reason: 'read',
        productive: true,
      },
    ],
  },
  quality_indicators: {
    task_completed: true,
    correctness_score: 1,
    test_pass_rate: 1,
    code_review_score: null,
    architecture_score: null,
    regressions_introduced: null,
    bugs_fixed: null,
    bugs_introduced: null,
  },
  errors: {
    total_errors: 1,
    syntax_errors: 0,
    logic_errors: 1,
    type_errors: 0,
    import_errors: 0,
    timeout_errors: 0,
    other_errors: 0,
    resolved_errors: 1,
    resolution_rate: 1,
    avg_resolution_time: 16,
    error_timeline: [
      {
        timestamp: '2025-12-17T19:33:50.000Z',
        error_type: 'logic',
        error_message: 'AssertionError: expected 1 to be 2',
        resolution_time: 16,
        resolution_method: 'edit',
        tool: 'Bash',
      },
    ],
  },
  interpretation: [
    'Comprehension takes 28.6 % of the actions, 29.4 points below the 58 % of developers: as agents usually are, understanding less before they act.',
    'Navigation takes 14.3 % of the actions, 20.7 points below the 35 % of developers.',
    '3 reads and 2 writes of files: balanced, some exploration before changes.',
    'The tests passed at the 2nd run: good comprehension, a targeted fix.',
  ],
};

test('the document of a run is what one computes by hand, and valid', () => {
  const run = foldRun(EXAMPLE, 'r');
  const document = JSON.parse([...enterpriseMetrics.write!(run)].join('')) as JsonObject;
  expect(document).toEqual(EXPECTED);
  expectValidMetrics(document);
});

test('without its lists it is the same, and valid', () => {
  const document = enterpriseMetricsOf(foldRun(EXAMPLE, 'r'), { timelines: false });
  expectValidMetrics(document);
  const { tool_timeline: _, search_queries: __, ...toolUsage } = EXPECTED.tool_usage;
  expect(document).toMatchObject({ tool_usage: toolUsage, errors: { total_errors: 1 } });
  expect(JSON.stringify(document)).not.toContain('timeline');
});

test('what is not known is null, never 0', () => {
  const empty = enterpriseMetricsOf(foldRun([], 'r'));
  expectValidMetrics(empty);
  expect(empty).toMatchObject({
    metadata: { timestamp: null, agent_type: 'other', model: null },
    execution: { total_duration: null, exit_status: null },
    tokens: { total: null, cost_usd: null, by_phase: null },
    time_allocation: {
      total_actions: 0,
      comprehension_pct: null,
      comprehension_seconds: null,
      time_to_first_edit: null,
    },
    navigation: { navigation_efficiency: null, reread_ratio: null },
    build_test: { cycles_to_success: null, avg_test_duration: null },
    implementation: { edit_success_rate: null },
    quality_indicators: { task_completed: null, bugs_fixed: null },
    interpretation: [],
  });
});

test('calls that have not kept their arguments say nothing of files and tests', () => {
  const bare = EXAMPLE.map(({ inputs: _, outputs: __, ...record }) => record as TraceRecord);
  const document = enterpriseMetricsOf(foldRun(bare, 'r'));
  expectValidMetrics(document);
  expect(document).toMatchObject({
    time_allocation: { total_actions: 7 },
    navigation: { file_reads: null, rereads: null, navigation_efficiency: null },
    build_test: { test_runs: null, test_timeline: null },
    implementation: { lines_added: null },
    context_switching: { thrashing_detected: null },
  });
});
