import { describe, expect, it } from 'vitest';
import { foldRun } from '../../model/fold.ts';
import type { JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Activity } from './activity.ts';
import { activityOf } from './activity.ts';
import { interpretationsOf } from './interpretations.ts';

type Call = [tool: string, inputs: JsonValue, fields?: Partial<TraceRecord>];

/** Calls one after the other, each 1 s long and 10 s after the one before. */
function activityFrom(calls: readonly Call[], run: Partial<TraceRecord> = {}): Activity {
  const T = 1_700_000_000;
  const records: TraceRecord[] = calls.map(
    ([tool, inputs, fields], at) =>
      ({
        event: 'span',
        run_id: 'r',
        span_id: `s${at}`,
        ts: T + at * 10,
        end_ts: T + at * 10 + 1,
        name: tool,
        kind: 'tool',
        tool,
        inputs,
        ...fields,
      }) as TraceRecord,
  );
  return activityOf(
    foldRun([{ event: 'run_start', run_id: 'r', ts: T, ...run } as TraceRecord, ...records], 'r'),
  );
}
const bash = (command: string, outputs: JsonValue = '', fields: Partial<TraceRecord> = {}): Call => [
  'Bash',
  { command },
  { outputs, ...fields } as Partial<TraceRecord>,
];
const failed = (message: string): Partial<TraceRecord> =>
  ({ status: 'error', error: message }) as Partial<TraceRecord>;
const edit = (file: string, old: string, made: string, fields: Partial<TraceRecord> = {}): Call => [
  'Edit',
  { file_path: file, old_string: old, new_string: made },
  fields,
];

describe('tests and builds', () => {
  const results = (...calls: Call[]) =>
    activityFrom(calls).buildTest.cycles.map(({ action, result, errorType }) => [action, result, errorType]);
  it('are read from what was printed where the exit status is hidden', () => {
    expect(results(bash('pytest | tail -3', '1 failed, 2 passed in 0.1s'))).toEqual([
      ['test', 'fail', 'logic'],
    ]);
    expect(results(bash('pytest | tail -3', 'something else'))).toEqual([['test', null, null]]);
    expect(results(bash('pytest -q'))).toEqual([['test', 'pass', null]]);
    expect(results(bash('pytest -q', 'boom', failed('Exit code 2\nboom')))).toEqual([
      ['test', 'fail', 'logic'],
    ]);
    expect(results(bash('pytest', 'x: command not found', failed('Exit code 127')))).toEqual([
      ['test', 'error', 'other'],
    ]);
    expect(results(bash('go test ./... | head -5', 'ok  \ta\t0.1s'))).toEqual([['test', null, null]]);
  });
  it('in one line are one of each, and one call', () => {
    const { buildTest, allocation } = activityFrom([bash('make && make test', '2 passed in 0.1s')]);
    expect(buildTest).toMatchObject({
      builds: 1,
      buildSuccesses: 1,
      testRuns: 1,
      testPasses: 1,
      feedbackUs: 1e6,
    });
    expect(allocation.totalActions).toBe(1);
  });
  it('of which a compiler says what stopped it have failed', () => {
    expect(results(bash('make 2>&1 | tail', 'a.c:1:2: error: expected ;'))).toEqual([
      ['build', 'fail', 'syntax'],
    ]);
    expect(
      results(bash('tsc | cat', "a.ts(1,1): error TS2322: Type 'x' is not assignable to type 'y'.")),
    ).toEqual([['build', 'fail', 'type']]);
  });
  it('that pass the next time without an edit were flaky', () => {
    const run = (outputs: string): Call => bash('pytest | cat', outputs);
    expect(results(run('1 failed in 1s'), run('1 passed in 1s'))[0]![2]).toBe('flaky');
    expect(results(run('1 failed in 1s'), edit('a', 'x', 'y'), run('1 passed in 1s'))[0]![2]).toBe('logic');
  });
  it('count up to the first that passes', () => {
    const run = (outputs: string): Call => bash('pytest | cat', outputs);
    const { buildTest } = activityFrom([
      run('1 failed in 1s'),
      run(''),
      run('1 passed in 1s'),
      run('1 failed in 1s'),
    ]);
    expect(buildTest).toMatchObject({
      testRuns: 4,
      testPasses: 1,
      testFailures: 2,
      cyclesToSuccess: 3,
      testPassRate: 0,
    });
  });
});

describe('edits', () => {
  const lines = (...calls: Call[]) => activityFrom(calls).implementation.lines;
  it('say their lines by the patch that was reported, else by their arguments', () => {
    const patch = [{ lines: [' a', '-b', '+c', '+d'] }];
    expect(lines(['Edit', { file_path: 'a' }, { outputs: { result: '', patch } }])).toEqual({
      added: 2,
      removed: 1,
      modified: 1,
    });
    expect(lines(edit('a', 'x\ny\nz', 'x\nq\nz'))).toEqual({ added: 1, removed: 1, modified: 1 });
    expect(lines(['Write', { file_path: 'a', content: 'x\ny\n' }])).toEqual({
      added: 2,
      removed: 0,
      modified: 0,
    });
    expect(lines(bash('cat > a <<E\nx\ny\nz\nE'))).toEqual({ added: 3, removed: 0, modified: 0 });
    const text = '*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n+z\n*** End Patch';
    expect(lines(['apply_patch', { input: text }])).toEqual({ added: 2, removed: 1, modified: 1 });
  });
  it('over a file that was only read have unknown lines, over one that was written their difference', () => {
    const read: Call = ['Read', { file_path: 'a' }];
    const write = (content: string): Call => ['Write', { file_path: './a', content }];
    expect(lines(read, write('x'))).toBeNull();
    expect(lines(write('x\ny'), write('x'))).toEqual({ added: 2, removed: 1, modified: 0 });
  });
  it('that failed change nothing', () => {
    const { implementation, allocation } = activityFrom([edit('a', 'x', 'y', failed('no match'))]);
    expect(implementation).toMatchObject({ edits: 1, successRate: 0, lines: { added: 0, removed: 0 } });
    expect(allocation.firstEditUs).toBeNull();
  });
  it('that put back what was there are reverts', () => {
    const reverts = (...calls: Call[]) => activityFrom(calls).implementation.reverts;
    expect(reverts(edit('a', 'x', 'y'), edit('./a', 'y', 'x'))).toBe(1);
    expect(reverts(edit('a', 'x', 'y'), edit('b', 'y', 'x'))).toBe(0);
    expect(reverts(bash('git checkout -- a'))).toBe(1);
    const write = (content: string): Call => ['Write', { file_path: 'a', content }];
    expect(reverts(write('1'), write('2'), write('1'))).toBe(1);
    expect(reverts(write('1'), write('1'))).toBe(0);
  });
  it('by mkdir, touch and chmod are none, and by sed -i the first', () => {
    const { allocation, implementation } = activityFrom([
      bash('mkdir -p src && touch a && chmod +x a'),
      ['Read', { file_path: 'a' }],
      bash("sed -i 's/a/b/' a"),
      ['Read', { file_path: 'a' }],
    ]);
    expect(allocation.firstEditUs).toBe(20e6);
    expect(implementation.edits).toBe(1);
    expect(allocation.actions).toEqual({ comprehension: 1, navigation: 1, implementation: 2, testing: 0 });
  });
  it('of an editor with several commands are not what it views', () => {
    const { navigation, implementation } = activityFrom([
      ['str_replace_editor', { command: 'view', path: 'a' }],
      ['str_replace_editor', { command: 'str_replace', path: 'a', old_str: 'x', new_str: 'y' }],
    ]);
    expect(navigation).toMatchObject({ reads: 1, writes: 1 });
    expect(implementation).toMatchObject({ edits: 1, lines: { added: 1, removed: 1 } });
  });
});

describe('reads', () => {
  const read = (file: string, fields: Partial<TraceRecord> = {}): Call => [
    'Read',
    { file_path: file },
    fields,
  ];
  it('that failed have read nothing', () => {
    const { navigation, allocation } = activityFrom([read('a', failed('File does not exist.')), read('b')]);
    expect(navigation).toMatchObject({ reads: 1, uniqueRead: 1 });
    expect(allocation.totalActions).toBe(2);
  });
  it('again are for understanding only while the last edit or test had failed', () => {
    const rereads = (...calls: Call[]) => activityFrom(calls).comprehension.rereadsAfterFailure;
    const test = (outputs: string): Call => bash('pytest | cat', outputs);
    expect(rereads(read('a'), read('a'))).toBe(0);
    expect(rereads(read('a'), test('1 failed in 1s'), read('a'), read('b'))).toBe(1);
    expect(rereads(read('a'), test('1 passed in 1s'), read('a'))).toBe(0);
    expect(rereads(read('a'), edit('a', 'x', 'y', failed('no match')), read('a'))).toBe(1);
  });
});

describe('model calls', () => {
  it('lead to the actions that begin with them or after them, and to those that say so', () => {
    const llm = (fields: Partial<TraceRecord> = {}): Call =>
      ['m', null, { kind: 'llm', tool: undefined, usage: { input_tokens: 9 }, ...fields }] as unknown as Call;
    const at = (seconds: number): Partial<TraceRecord> =>
      ({ ts: 1_700_000_000 + seconds }) as Partial<TraceRecord>;
    expect(activityFrom([llm(), ['Read', {}, at(0)], llm()]).tokens).toMatchObject({
      comprehension: 9,
      other: 9,
    });
    const links = [{ type: 'follows_from', span_id: 's0' }];
    const told = { links } as Partial<TraceRecord>;
    expect(activityFrom([llm(), llm(), ['Grep', {}, told], ['Read', {}]]).tokens).toMatchObject({
      navigation: 9,
      comprehension: 9,
    });
  });
});

describe('errors', () => {
  it('have a kind, and end with the next success of the same thing', () => {
    const { errors } = activityFrom([
      ['Read', { file_path: 'a' }, failed('File does not exist.')],
      ['Read', { file_path: 'b' }],
      ['Read', { file_path: './a' }],
      bash('node x.js', '', failed('Exit code 1\nTypeError: x is undefined')),
      edit('x.js', 'x', 'y'),
      bash('node x.js'),
      ['WebFetch', { url: 'x' }, failed('Request timed out')],
    ]);
    expect(errors.map(({ type, method, resolutionUs }) => [type, method, resolutionUs])).toEqual([
      // 1 s is the first one's end, 21 s that of the third.
      ['other', 'other arguments', 20e6],
      ['type', 'edit', 20e6],
      ['timeout', null, null],
    ]);
    expect(errors[1]!.message).toBe('TypeError: x is undefined');
  });
  it('are not what grep says when it finds nothing, and not what a person refuses', () => {
    const { errors } = activityFrom([
      bash('grep x a', '', failed('Exit code 1')),
      edit('a', 'x', 'y', { status: 'cancelled' } as Partial<TraceRecord>),
    ]);
    expect(errors).toEqual([]);
  });
});

describe('subagents', () => {
  it('switch between files for themselves', () => {
    const T = 1_700_000_000;
    const records = ['a', 'b'].flatMap((agent, at): TraceRecord[] => [
      { event: 'span', run_id: 'r', span_id: agent, kind: 'agent', name: agent, ts: T, end_ts: T + 9 },
      ...[0, 1, 2].map(
        (no): TraceRecord => ({
          event: 'span',
          run_id: 'r',
          span_id: `${agent}${no}`,
          parent: agent,
          kind: 'tool',
          tool: 'Read',
          inputs: { file_path: agent },
          ts: T + no * 2 + at,
          end_ts: T + no * 2 + at,
        }),
      ),
    ]);
    const { navigation, contextSwitching } = activityOf(foldRun(records, 'r'));
    expect(navigation.reads).toBe(6);
    expect(contextSwitching.switches).toEqual([]);
  });
});

describe('calls that a person refused or stopped', () => {
  it('are actions in their phase, and count as nothing else', () => {
    const refused = { status: 'cancelled', error: 'The tool use was rejected' } as Partial<TraceRecord>;
    const { allocation, implementation, navigation, buildTest, toolUsage, comprehension } = activityFrom([
      bash('git reset --hard origin/main', '', refused),
      bash('pytest && make build', '', refused),
      bash('cat a', '', refused),
      bash('grep -r x src', '', refused),
      ['Read', { file_path: 'README.md' }, refused],
      ['Write', { file_path: 'b', content: 'x' }, refused],
      ['mcp__sg__search', { query: 'x' }, refused],
      ['WebFetch', { url: 'https://example.org' }, refused],
    ]);
    expect(allocation.actions).toEqual({ comprehension: 3, navigation: 2, implementation: 2, testing: 1 });
    expect(implementation).toMatchObject({ edits: 0, reverts: 0 });
    expect(navigation.timeline).toEqual([]);
    expect(buildTest.cycles).toEqual([]);
    expect(toolUsage).toMatchObject({ mcpSearches: 0, queries: [] });
    expect(comprehension).toMatchObject({ documentationReads: 0, externalLookups: 0 });
    expect(allocation).toMatchObject({ firstEditUs: null, firstTestUs: null });
  });
});

describe('MCP servers', () => {
  it('are found by the names that harnesses give them', () => {
    const { toolUsage, navigation } = activityFrom([
      ['mcp__sourcegraph__sg_keyword_search', { query: 'x' }],
      ['sg_nls_search', { query: 'x' }],
      ['keyword_search', { query: 'x' }, { attributes: { mcp_server: 'sg', mcp_tool: 'keyword_search' } }],
      ['mcp__sourcegraph__read_file', { repo: 'one', path: 'a' }],
      ['mcp__sourcegraph__read_file', { repo: 'two', path: 'a' }],
    ]);
    expect(toolUsage.mcpSearches).toBe(3);
    expect(navigation.uniqueRead).toBe(2);
  });
  describe('whose name a harness takes off', () => {
    const given = (...tools: string[]): Call => [
      'openhands',
      {},
      { kind: 'agent', tool: undefined, attributes: { tools } } as Partial<TraceRecord>,
    ];
    const calls: Call[] = [
      ['keyword_search', { query: 'x' }],
      ['find_references', { repo: 'one', path: 'a', symbol: 'x' }],
      ['read_file', { repo: 'one', path: 'a' }],
      ['read_file', { path: 'b' }],
      ['list_files', { path: '.' }],
    ];
    it('are known by the tools beside each other that an agent was given', () => {
      const suite = given('bash', 'keyword_search', 'nls_search', 'compare_revisions', 'read_file');
      const { toolUsage, navigation, arm } = activityFrom([suite, ...calls]);
      expect(toolUsage).toMatchObject({
        mcpSearches: 2,
        mcpTools: ['keyword_search', 'find_references', 'read_file'],
      });
      expect(navigation.timeline.map(({ file }) => file)).toEqual(['one/a', 'b']);
      expect(arm).toBe('mcp');
    });
    it('are not guessed from a name that an agent may have itself', () => {
      const { toolUsage, allocation, arm } = activityFrom([given('bash', 'keyword_search'), ...calls]);
      expect(toolUsage).toMatchObject({ mcpSearches: 0, mcpTools: [] });
      expect(allocation.actions).toMatchObject({ navigation: 2, comprehension: 3 });
      expect(arm).toBe('other');
    });
  });
  it.each<[Partial<TraceRecord>, string]>([
    [{ labels: { variant: 'mcp_only' } }, 'mcp'],
    [{ labels: { agent: 'claude-baseline' } }, 'baseline'],
    [{ source: { format: 'x', uri: '/runs/dep/eb_v6_dep-traversal_mcp.session.jsonl' } }, 'mcp'],
    [{ source: { format: 'x', uri: '/runs/dep/mcp_only/rep1/trace.jsonl' } }, 'mcp'],
    [{ source: { format: 'x', uri: '/home/me/mcp-server/trace.jsonl' } }, 'other'],
    [{}, 'other'],
  ])('make the arm that a run says it is in: %j is %s', (run, arm) => {
    expect(activityFrom([['Read', { file_path: 'a' }]], run).arm).toBe(arm);
  });
});

describe('sentences', () => {
  const said = (calls: readonly Call[], run: Partial<TraceRecord> = {}): string =>
    interpretationsOf(activityFrom(calls, run)).join('\n');
  it('warn of an MCP run without searches, and of a baseline with them', () => {
    const read: Call = ['Read', { file_path: 'a' }];
    const search: Call = ['mcp__sg__search', { query: 'x' }];
    expect(said([read], { labels: { arm: 'mcp' } })).toContain('its servers may not be working');
    expect(said([search], { labels: { arm: 'mcp' } })).toContain('1 MCP search: fewer than the 10 to 50');
    expect(said([search], { labels: { arm: 'baseline' } })).toContain('the arms are not apart');
    expect(said([read], { labels: { arm: 'baseline' } })).not.toContain('MCP');
    expect(said([['mcp__journal__note', {}]])).toContain('No MCP search, though 1 tool of MCP servers');
  });
  it.each([
    [1, 'at the 1st run: good'],
    [3, 'at the 3rd run: good'],
    [4, 'at the 4th run: trial and error'],
    [11, 'at the 11th run: poor'],
    [22, 'at the 22nd run: poor'],
  ])('judge that tests pass at run %i', (runs, sentence) => {
    const calls = Array.from({ length: runs }, (_, at) =>
      bash('pytest | cat', at === runs - 1 ? '1 passed in 1s' : '1 failed in 1s'),
    );
    expect(said(calls)).toContain(sentence);
  });
  it('do not say that who edits nothing rushes to implementation', () => {
    const search: Call = ['Grep', { pattern: 'x' }];
    expect(said([search, search])).toContain('though not for rushing to implementation');
    expect(said([search, edit('a', 'x', 'y')])).toContain(': rushing to implementation');
  });
  it('do not take an unknown result for a failure', () => {
    expect(said([bash('pytest | cat')])).toContain('None of 1 test run is known to have passed.');
    expect(said([bash('pytest | cat', '1 failed in 1s')])).toContain('None of 1 test run has passed.');
  });
});
