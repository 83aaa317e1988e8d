import { describe, expect, it } from 'vitest';
import { emptyRun, RunFold } from '../../model/fold.ts';
import type { JsonValue } from '../../model/json.ts';
import { purposeOfName } from '../tool-purpose.ts';
import { actionsOf } from './actions.ts';
import { ActivityCollector, activityOf } from './activity.ts';
import { allocationOf } from './allocation.ts';
import { contextSwitchingOf } from './context-switches.ts';
import { interpretationsOf } from './interpretations.ts';
import { navigationOf } from './navigation.ts';
import { toolUsageOf } from './tool-usage.ts';

function actionsFrom(calls: readonly (readonly [string, JsonValue])[]) {
  const fold = new RunFold(emptyRun('r'));
  calls.forEach(([tool, inputs], at) => {
    const ts = 1_700_000_000 + at;
    fold.apply({
      event: 'span',
      run_id: 'r',
      span_id: `s${at}`,
      ts,
      end_ts: ts + 0.5,
      name: tool,
      kind: 'tool',
      tool,
      inputs,
    });
  });
  return actionsOf(fold.run);
}
const shell = (command: string) => actionsFrom([['Bash', { command }]])[0]!;

describe('the phase of an action', () => {
  it('is comprehension for what is read before the first edit, navigation after', () => {
    const read = ['Read', { file_path: 'a.ts' }] as const;
    const edit = ['Edit', { file_path: 'a.ts', old_string: 'x', new_string: 'y' }] as const;
    expect(actionsFrom([read, edit, read]).map(({ phase }) => phase)).toEqual([
      'comprehension',
      'implementation',
      'navigation',
    ]);
  });
  it('is comprehension for what a shell reads, whenever it does', () => {
    const phases = actionsFrom([
      ['Edit', { file_path: 'a.ts', old_string: 'x', new_string: 'y' }],
      ['Bash', { command: 'cat a.ts' }],
      ['Read', { file_path: 'a.ts' }],
    ]).map(({ phase }) => phase);
    expect(phases).toEqual(['implementation', 'comprehension', 'navigation']);
  });
  it.each([
    ['npm test && cat out.txt', 'testing'],
    ['cargo build', 'testing'],
    ['grep -r x src', 'navigation'],
    ['cat a.ts', 'comprehension'],
    ['cd x && git log', 'comprehension'],
    ['git commit -m x', 'implementation'],
    ['mise run lint 2>&1 | head -20', 'testing'],
    ['npx eslint .', 'testing'],
    ['gh pr view | head', null],
    ['gh pr view', null],
    ['echo hi', null],
  ])('of the shell line %s is %s', (line, phase) => {
    expect(shell(line).phase).toBe(phase);
  });
  it('is navigation for a search of an MCP server (G18)', () => {
    const [action] = actionsFrom([['mcp__sourcegraph__sg_keyword_search', { query: 'foo' }]]);
    expect(action).toMatchObject({
      phase: 'navigation',
      deed: 'search',
      server: 'sourcegraph',
      query: 'foo',
    });
  });
});

describe('tools that nobody has listed', () => {
  it.each<[string, JsonValue, string | null]>([
    ['code_search', { query: 'x' }, 'navigation'],
    ['find_references', { symbol: 'x' }, 'navigation'],
    ['codebaseSearch', { query: 'x' }, 'navigation'],
    ['list_files', { path: 'src' }, 'comprehension'],
    ['get_file', { path: 'a.cs' }, 'comprehension'],
    ['create_file', { path: 'a.cs', content: 'x' }, 'implementation'],
    ['search_replace', { path: 'a.cs' }, 'implementation'],
    ['create_directory', { path: 'src' }, 'implementation'],
    ['git_diff', {}, 'comprehension'],
    ['git_commit', { message: 'x' }, 'implementation'],
    ['run_tests', {}, 'testing'],
    ['run_build', { configuration: 'Debug' }, 'testing'],
    ['lint_code', {}, 'testing'],
    ['fetch_webpage', { url: 'https://example.org' }, 'comprehension'],
    // Nothing says that these write files.
    ['create_event', { title: 'x' }, null],
    ['push_notification', { text: 'x' }, null],
    ['tool_search', { query: 'x' }, null],
    ['run_code', { code: 'x' }, null],
    ['research_backpack', {}, null],
  ])('are placed by the words of their names: %s', (tool, inputs, phase) => {
    expect(actionsFrom([[tool, inputs]])[0]!.phase).toBe(phase);
  });
  it('read, write, test and build like those that somebody has', () => {
    const actions = actionsFrom([
      ['get_file', { path: 'a.cs' }],
      ['create_file', { path: 'b.cs', content: 'x' }],
      ['run_tests', {}],
      ['run_build', {}],
    ]);
    expect(
      actions.map(({ reads, writes, edits, tests, builds }) => ({ reads, writes, edits, tests, builds })),
    ).toEqual([
      { reads: ['a.cs'], writes: [], edits: false, tests: false, builds: false },
      { reads: [], writes: ['b.cs'], edits: true, tests: false, builds: false },
      { reads: [], writes: [], edits: false, tests: true, builds: false },
      { reads: [], writes: [], edits: false, tests: false, builds: true },
    ]);
  });
  it('have the purpose that goes with it in the tool profile', () => {
    expect(
      ['code_search', 'list_files', 'create_file', 'run_build', 'LS', 'ToolSearch'].map(purposeOfName),
    ).toEqual([
      'code_search',
      'file_operation',
      'code_generation',
      'verification',
      'file_operation',
      'other',
    ]);
  });
});

describe('the files of an action', () => {
  it.each([
    ['head -n 20 a.ts', ['a.ts']],
    ["sed -n '1,5p' a.ts", ['a.ts']],
    ['cat a.ts b.ts | head', ['a.ts', 'b.ts']],
  ])('that %s reads are %j', (line, files) => {
    expect(shell(line).reads).toEqual(files);
  });
  it('of a patch stand in its lines', () => {
    const patch = '*** Begin Patch\n*** Update File: a.ts\n*** Add File: b.ts\n*** End Patch';
    expect(actionsFrom([['apply_patch', { input: patch }]])[0]!.writes).toEqual(['a.ts', 'b.ts']);
  });
  it('are none where the arguments are no object', () => {
    expect(
      actionsFrom([
        ['Read', [1, null]],
        ['Edit', 7],
      ]).flatMap(({ reads, writes }) => [...reads, ...writes]),
    ).toEqual([]);
  });
});

it('adds the phases and the others up to all actions', () => {
  // 2 of 4 read, 1 of 4 searches, 1 of 4 plans: 50 %, 25 %, and 8 and 10 points less than 58 and 35.
  const found = allocationOf(
    actionsFrom([
      ['Read', {}],
      ['Read', {}],
      ['Grep', {}],
      ['TodoWrite', {}],
    ]),
  );
  expect(found).toMatchObject({
    totalActions: 4,
    otherActions: 1,
    pct: { comprehension: 50, navigation: 25 },
    gap: { comprehension: -8, navigation: -10 },
  });
  expect(allocationOf([]).pct).toBeNull();
});

it('computes navigation as by hand', () => {
  // One second apart: a, b, a are read, b is written, so 3 reads for 1 write; a of {a, b} was read again: 1/2.
  // a is left after 1 s and stays until b again, 1 s more: 2 s. b is left after 1 s; its second stay never ends.
  const found = navigationOf(
    actionsFrom([
      ['Read', { file_path: 'a' }],
      ['Read', { file_path: 'b' }],
      ['Read', { file_path: 'a' }],
      ['Write', { file_path: 'b', content: '' }],
    ]),
  );
  expect(found).toMatchObject({
    reads: 3,
    writes: 1,
    uniqueRead: 2,
    uniqueWritten: 1,
    efficiency: 3,
    rereadRatio: 0.5,
  });
  expect([...found.rereads]).toEqual([['a', 1]]);
  expect(Object.fromEntries(found.dwellUs)).toEqual({ a: 2_000_000, b: 1_000_000 });
});

it('calls more than five switches less than 30 s apart thrashing', () => {
  const access = (seconds: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      atUs: at * seconds * 1e6,
      action: 'read' as const,
      file: `f${at % 2}`,
      tool: 'Read',
      scope: -1,
    }));
  expect(contextSwitchingOf(access(29, 7))).toMatchObject({ rapid: 5, thrashing: false });
  expect(contextSwitchingOf(access(29, 8))).toMatchObject({ rapid: 6, thrashing: true });
  expect(contextSwitchingOf(access(30, 8))).toMatchObject({ rapid: 0, thrashing: false });
});

it('gives the same in real time as afterwards, wherever the records are asked about', () => {
  const record = (at: number) =>
    ({
      event: 'span',
      run_id: 'run',
      span_id: `s${at}`,
      ts: 1_700_000_000 + at,
      end_ts: 1_700_000_001 + at,
      name: 'Read',
      kind: 'tool',
      tool: 'Read',
      inputs: { file_path: `f${at % 3}` },
    }) as const;
  const fold = new RunFold(emptyRun('run'));
  const collector = new ActivityCollector('run');
  for (let at = 0; at < 9; at++) {
    fold.apply(record(at));
    collector.onEvent(record(at));
    expect(collector.finalize()).toEqual(activityOf(fold.run));
  }
  expect(collector.finalize().navigation.reads).toBe(9);
});

it('counts MCP searches by their real names and sees a query refine the one before', () => {
  const found = toolUsageOf(
    actionsFrom([
      ['mcp__sourcegraph__keyword_search', { query: 'parse header' }],
      ['mcp__sourcegraph__read_file', { path: 'a' }],
      ['Grep', { pattern: 'parseHeader|header' }],
      ['Grep', { pattern: 'socket' }],
    ]),
  );
  expect(found.mcpSearches).toBe(1);
  expect(found.mcpTools).toEqual(['mcp__sourcegraph__keyword_search', 'mcp__sourcegraph__read_file']);
  expect(found.calls.get('Grep')).toBe(2);
  expect(found.queries.map(({ refinementOf }) => refinementOf)).toEqual([
    undefined,
    'parse header',
    undefined,
  ]);
});

it('says what the figures mean', () => {
  const collector = new ActivityCollector('r');
  expect(interpretationsOf(collector.finalize())).toEqual([]);
  for (let at = 0; at < 9; at++) {
    const ts = 1_700_000_000 + at;
    const inputs = { file_path: `f${at}` };
    collector.onEvent({
      event: 'span',
      run_id: 'r',
      span_id: `s${at}`,
      ts,
      end_ts: ts,
      name: 'Read',
      kind: 'tool',
      tool: 'Read',
      inputs,
    });
  }
  expect(interpretationsOf(collector.finalize())).toEqual([
    'Comprehension takes 100.0 % of the actions, 42.0 points above the 58 % of developers: more methodical than developers.',
    'Navigation takes 0.0 % of the actions, 35.0 points below the 35 % of developers.',
    '9 reads and 0 writes of files: possibly over-exploration or confusion.',
    '7 switches between files came less than 30 s after the one before: thrashing.',
  ]);
});
