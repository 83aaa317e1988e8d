import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ledgerOf } from '../../analysis/ledger.ts';
import { treeOf } from '../../analysis/tree.ts';
import { columnsOf } from '../../model/columns.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import type { Refusal } from '../format.ts';
import { claudeCode } from './format.ts';

const SESSION = '44444444-0000-4000-8000-000000000004';
const SUBAGENTS = `subagents/${SESSION}/subagents`;

function fixture(path: string): string {
  return readFileSync(new URL(`../../../../../fixtures/claude-code/${path}`, import.meta.url), 'utf8');
}

type Reading = { records: TraceRecord[]; refusals: Refusal[] };

/** Reads a text in chunks of `chunk` bytes. */
async function read(
  text: string,
  {
    name = 'x.jsonl',
    chunk = 1 << 20,
    runId,
    live = false,
  }: { name?: string; chunk?: number; runId?: string; live?: boolean } = {},
): Promise<Reading> {
  const bytes = new TextEncoder().encode(text);
  const reading: Reading = { records: [], refusals: [] };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const input = {
    name,
    chunks: chunks(),
    live,
    ...(runId !== undefined && { runId }),
    refuse: (refusal: Refusal) => void reading.refusals.push(refusal),
  };
  for await (const batch of claudeCode.read!(input)) reading.records.push(...batch);
  return reading;
}

async function runOf(...paths: string[]): Promise<Run> {
  const records: TraceRecord[] = [];
  for (const path of paths) records.push(...(await read(fixture(path), { name: basename(path) })).records);
  return foldRun(records);
}

/** The tree as a person reads it: kind, name, seconds, tokens counted. */
function outline(run: Run): string[] {
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  const counted = new Map(ledgerOf(run, columns, tree).entries.map((entry) => [entry.no, entry]));
  return [...tree.order].map((no) => {
    const span = run.spans[no]!;
    const seconds = span.endUs === undefined ? 'open' : `${(span.endUs - span.startUs) / 1e6}s`;
    const usage = counted.get(no);
    const tokens = usage ? ` ${usage.verdict}` : '';
    const status = span.status === 'ok' ? '' : ` ${span.status}`;
    return `${'  '.repeat(tree.depth[no]!)}${span.kind} ${span.name} ${seconds}${status}${tokens}`;
  });
}

const withoutTimes = (row: string): string => row.replace(/ [\d.]+s/, '');

function spanNamed(run: Run, name: string): Span {
  const span = run.spans.find((candidate) => candidate.name === name);
  if (!span) throw new Error(`no span ${name} among ${run.spans.map((each) => each.name).join(', ')}`);
  return span;
}

describe('a session', () => {
  test('is turns, and in them model calls and tools, named for what they did', async () => {
    const run = await runOf('plain.jsonl');
    expect(run).toMatchObject({
      runId: '11111111-0000-4000-8000-000000000001',
      name: 'Apple counter off by one',
      task: 'Why does the apple counter start at one?',
      project: 'orchard',
      labels: { agent: 'claude-code', agent_version: '2.1.120', git_branch: 'main' },
      attributes: {
        cwd: '/home/dev/orchard',
        permission_mode: 'default',
        pull_request: 'https://example.org/orchard/pull/12',
      },
    });
    expect(outline(run)).toMatchSnapshot();
    expect(run.notes).toEqual([]);
    const root = run.spans[0]!;
    expect(root.attributes!.lines).toMatchObject({ assistant: 8, 'progress/bash_progress': 1, 'pr-link': 1 });
    const events = run.spans.flatMap((span) => span.events?.map((event) => event.name) ?? []);
    expect(events).toEqual(['hook PreToolUse:Bash', 'stop hooks', 'prompt queued', 'pull request 12']);
  });

  test('keeps what a call was given and said, and what a tool did', async () => {
    const run = await runOf('plain.jsonl');
    const call = spanNamed(run, 'I will look at the counter. → Read');
    expect(call.inputs).toEqual([{ type: 'prompt', text: 'Why does the apple counter start at one?' }]);
    expect(call.outputs).toEqual([
      { type: 'thinking', thinking: 'The counter is somewhere in src.' },
      { type: 'text', text: 'I will look at the counter.' },
      { type: 'tool_use', id: 'toolu_p1a', name: 'Read' },
    ]);
    const edit = spanNamed(run, 'Edit counter.ts');
    expect(edit.tool).toEqual({ name: 'Edit', callId: 'toolu_p2a', category: 'edit' });
    expect(edit.outputs).toMatchObject({ result: 'The file has been updated.', patch: [{ oldStart: 1 }] });
    expect(edit.links).toEqual([{ type: 'follows_from', spanId: 'llm:msg_p2' }]);
    expect(spanNamed(run, 'Bash Run the tests')).toMatchObject({
      status: 'error',
      error: { message: 'Exit code 1\n1 test failed' },
    });
    const turn = run.spans.find((span) => span.role === 'turn')!;
    expect(turn.outputs).toBe(
      'The counter started at one; it starts at zero now. One test still expects the old value.',
    );
    expect(turn.attributes).toMatchObject({ turn: 1, reported_duration_ms: 14010 });
  });

  test('G18: an MCP tool is known by its server', async () => {
    const tool = spanNamed(await runOf('plain.jsonl'), 'ci run_job');
    expect(tool.tool).toEqual({ name: 'mcp__ci__run_job', callId: 'toolu_p5a', category: 'mcp' });
    expect(tool.attributes).toMatchObject({ mcp_server: 'ci', mcp_tool: 'run_job' });
  });

  test('G15: of the lines of a call the last counts, once; cache writes keep their lifetime', async () => {
    const run = await runOf('plain.jsonl');
    expect(ledgerOf(run).usage).toEqual({
      inputTokens: 9 + 4 + 4 + 4 + 5 + 5,
      cacheReadTokens: 4200 + 4510 + 4630 + 4700 + 4800,
      cacheWriteTokens: 310 + 120 + 90 + 100 + 50,
      cacheWrite1hTokens: 4200,
      outputTokens: 81 + 95 + 60 + (130 - 40) + 40 + 12,
      reasoningTokens: 40,
      otherTokens: 0,
      requests: 6,
    });
    expect(run.spans.filter((span) => span.placeholderOutput)).toEqual([]);
  });

  test('tools at once have results in any order', async () => {
    const run = await runOf('parallel-tools.jsonl');
    expect(outline(run)).toMatchSnapshot();
    expect(spanNamed(run, 'Glob **/*.ts').attributes).toEqual({ durationMs: 150, numFiles: 1 });
    expect(spanNamed(run, 'WebSearch orchard').tool!.category).toBe('web');
  });

  test('G16: where no call says why it stopped, tiny output counts are placeholders', async () => {
    const run = await runOf('placeholder.jsonl');
    const calls = run.spans.filter((span) => span.kind === 'llm');
    expect(calls.map((span) => span.placeholderOutput)).toEqual([true, true]);
    expect(ledgerOf(run).usage).toMatchObject({ outputTokens: 3, requests: 2 });
  });

  test('is compacted, and goes on the next day', async () => {
    const run = await runOf('compaction.jsonl');
    expect(outline(run)).toMatchSnapshot();
    const turn = run.spans.find((span) => span.role === 'turn')!;
    expect(turn.events!.map((event) => [event.name, event.level])).toEqual([
      ['compaction', undefined],
      ['API error, retried', 'error'],
    ]);
    expect(turn.events![1]!.attributes).toMatchObject({
      retryAttempt: 1,
      http_status: 529,
      message: 'Overloaded',
    });
  });

  test('is interrupted, rewound, cut off and refused by the API', async () => {
    const run = await runOf('interrupted.jsonl');
    expect(outline(run)).toMatchSnapshot();
    expect(spanNamed(run, 'Cut the small tree.').attributes).toMatchObject({ abandoned: true });
    expect(spanNamed(run, 'No, water it.').attributes).toMatchObject({ rewound_turns: 1 });
    // The cost of what was rewound stays spent.
    expect(ledgerOf(run).usage.requests).toBe(3);
    expect(run.spans[0]!.events!.map((event) => event.name)).toContain('/cost');
  });
});

describe('subagents', () => {
  test('on a side chain of the session’s file belong to the tool call with their prompt', async () => {
    const run = await runOf('sidechain.jsonl');
    expect(outline(run)).toMatchSnapshot();
    expect(run.name).toBe('/survey the trees');
    expect(spanNamed(run, 'Count the trees')).toMatchObject({
      kind: 'agent',
      role: 'general-purpose',
      toolUses: 1,
    });
    // The copy of the usage in the tool's result is not added.
    expect(ledgerOf(run).usage).toMatchObject({ requests: 4, outputTokens: 120 + 33 + 9 + 11 });
  });

  const files = [
    `subagents/${SESSION}.jsonl`,
    `${SUBAGENTS}/agent-af1.jsonl`,
    `${SUBAGENTS}/agent-af2.jsonl`,
  ];

  test('G11: a call that a subagent’s file repeats counts once, whichever file is read first', async () => {
    const orders = [files, [...files].reverse(), [files[1]!, files[0]!, files[2]!]];
    for (const order of orders) {
      const run = await runOf(...order);
      expect(ledgerOf(run).usage).toMatchObject({
        requests: 5,
        inputTokens: 10 + 4 + 3 + 3 + 3,
        outputTokens: 160 + 25 + 28 + 8 + 9,
      });
      expect(run).toMatchObject({ runId: SESSION, name: 'Review the gate and the fence.' });
      // Whoever is read last knows the agents' times by its own lines: the tree is the same, to the tenth of a second.
      expect(outline(run).map(withoutTimes)).toEqual(outline(await runOf(...files)).map(withoutTimes));
    }
    expect(outline(await runOf(...files))).toMatchSnapshot();
  });

  test('alone stand under the session’s root', async () => {
    const run = await runOf(files[1]!);
    const agent = run.spans.find((span) => span.spanId === 'agent:af1')!;
    expect(agent).toMatchObject({
      kind: 'agent',
      name: 'Review gate.ts.',
      parentId: 'claude-code',
      status: 'ok',
    });
    expect(spanNamed(run, 'Claude Code').startUs).toBe(agent.startUs);
  });

  test('are described by their meta.json', async () => {
    const meta = { agentType: 'Explore', description: 'Look at the gate', toolUseId: 'toolu_9' };
    const name = 'agent-af9.meta.json';
    expect(claudeCode.detect({ name, text: JSON.stringify(meta), complete: true })).toBeGreaterThan(0.8);
    const { records } = await read(JSON.stringify(meta), { name, runId: SESSION });
    expect(foldRun(records).spans[0]).toMatchObject({
      name: 'Look at the gate',
      role: 'Explore',
      parentId: 'tool:toolu_9',
    });
    const nested = await read(JSON.stringify({ ...meta, parentAgentId: 'af1' }), { name, runId: SESSION });
    expect(nested.records[0]).toMatchObject({ parent: 'agent:af1/tool:toolu_9' });
    expect((await read('{"agentType":', { name, runId: SESSION })).refusals).toHaveLength(1);
    expect((await read(JSON.stringify(meta), { name })).refusals[0]!.reason).toMatch(/folder/);
  });

  test('that report their messages as progress have spans from there, and the file’s own lines fall on them', async () => {
    const nested = (line: object): object => ({
      ...base('progress', 'p'),
      parentToolUseID: 'toolu_t',
      data: { type: 'agent_progress', agentId: 'a7', prompt: 'p', message: line },
    });
    const call = {
      type: 'assistant',
      uuid: 'n1',
      timestamp: '2026-01-01T00:00:03.000Z',
      requestId: 'req_n',
      message: {
        id: 'msg_n',
        model: 'm',
        role: 'assistant',
        content: [{ type: 'text', text: 'looking' }],
        usage: { input_tokens: 5, output_tokens: 2 },
      },
    };
    const main = lines(
      prompt('go'),
      assistant('msg_t', [
        { type: 'tool_use', id: 'toolu_t', name: 'Task', input: { prompt: 'p', description: 'Look' } },
      ]),
      nested(call),
    );
    const own = lines({ ...base('assistant', 'n1'), ...call, isSidechain: true, agentId: 'a7' });
    const records = [...(await read(main)).records, ...(await read(own, { name: 'agent-a7.jsonl' })).records];
    const run = foldRun(records);
    expect(outline(run)).toEqual([
      'agent Claude Code open unset',
      '  task go open unset',
      '    llm → Task 1s',
      '    tool Task Look open unset',
      '      agent Look 0s',
      '        llm looking 0s counted',
    ]);
  });
});

describe('a file that is not as it should be', () => {
  test('refuses what cannot be read, with place and reason, and reads the rest', async () => {
    const { records, refusals } = await read(fixture('malformed.jsonl'));
    expect(refusals.map(({ line, reason }) => [line, reason])).toMatchSnapshot();
    const run = foldRun(records);
    expect(outline(run)).toMatchSnapshot();
    // Two objects on one line are both read; unknown types and blocks are kept.
    expect(run.spans[0]!.attributes!.lines).toEqual({ user: 2, assistant: 3, 'a-type-of-tomorrow': 1 });
    expect(spanNamed(run, 'All of it.').outputs).toEqual([
      { type: 'hologram', shape: 'cube' },
      { type: 'text', text: 'All of it.' },
    ]);
  });

  test('CRLF and a byte order mark change nothing', async () => {
    const text = fixture('plain.jsonl');
    const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect((await read(windows)).records).toEqual((await read(text)).records);
  });

  test('chunks of any size tell the same run, and reading twice tells nothing new', async () => {
    for (const path of ['plain.jsonl', 'interrupted.jsonl', 'sidechain.jsonl', 'compaction.jsonl']) {
      const whole = foldRun((await read(fixture(path))).records);
      for (const chunk of [100, 999, 4096])
        expect(foldRun((await read(fixture(path), { chunk })).records)).toEqual(whole);
      const { records } = await read(fixture(path));
      const again = foldRun([...records, ...records]);
      expect(outline(again)).toEqual(outline(whole));
      expect(again.spans.map((span) => span.events?.length)).toEqual(
        whole.spans.map((span) => span.events?.length),
      );
    }
  });

  test('a request id that some lines lack is the same call; a second request for a message is another', async () => {
    const usage = { input_tokens: 7, output_tokens: 20 };
    const run = foldRun(
      (
        await read(
          lines(
            prompt('hi'),
            assistant('msg_1', 'one', usage),
            { ...assistant('msg_1', 'two', usage), requestId: 'r1' },
            { ...assistant('msg_1', 'three', usage), requestId: 'r2' },
            { ...assistant(undefined, 'four', usage) },
            { ...assistant(undefined, 'five', usage) },
          ),
        )
      ).records,
    );
    expect(run.spans.filter((span) => span.kind === 'llm').map((span) => span.callKey)).toEqual([
      'msg_1|r1',
      'msg_1|r2',
      undefined,
      undefined,
    ]);
    expect(ledgerOf(run).usage).toMatchObject({ requests: 4, inputTokens: 28 });
  });

  test('usage that is null, absent or synthetic counts nothing; contents as plain text are texts', async () => {
    const run = foldRun(
      (
        await read(
          lines(
            prompt('hi'),
            assistant('msg_1', 'plain words', null),
            {
              ...assistant(
                'msg_2',
                'No response requested.',
                { input_tokens: 9, output_tokens: 9 },
                '<synthetic>',
              ),
            },
            {
              ...assistant('msg_3', 'Claude AI usage limit reached|1790000000', {
                input_tokens: 9,
                output_tokens: 9,
              }),
              isApiErrorMessage: true,
            },
          ),
        )
      ).records,
    );
    expect(ledgerOf(run).usage.requests).toBe(0);
    expect(spanNamed(run, 'plain words').outputs).toEqual([{ type: 'text', text: 'plain words' }]);
    expect(run.spans.find((span) => span.status === 'error' && span.kind === 'llm')).toMatchObject({
      error: { type: 'usage_limit' },
      attributes: { resets_at: 1790000000 },
    });
  });

  test('a clock that goes backwards leaves spans that start before they end', async () => {
    const back = {
      ...assistant('msg_1', [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }]),
      timestamp: '2025-12-31T23:00:00.000Z',
    };
    const run = foldRun(
      (await read(lines(prompt('hi'), back, { ...result('t', 'ok'), timestamp: '2025-12-31T22:00:00.000Z' })))
        .records,
    );
    expect(run.spans.every((span) => span.endUs === undefined || span.endUs >= span.startUs)).toBe(true);
    expect(run.notes).toEqual([]);
    expect(run.startUs).toBe(Math.min(...run.spans.map((span) => span.startUs)));
  });

  test('lone surrogates, and values as deep as they come, are read', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const text = lines(
      prompt('half \ud83d of a pair'),
      assistant('msg_1', [{ type: 'tool_use', id: 't', name: 'Bash', input: { at: 'DEEP' } }]),
    );
    const { records, refusals } = await read(text.replace('"DEEP"', deep));
    expect(refusals).toEqual([]);
    expect(JSON.stringify(foldRun(records)).length).toBeGreaterThan(100);
  });

  test('a tool without a result stays open at the end of the file; a result without a call is shown', async () => {
    const torn = foldRun(
      (
        await read(
          lines(prompt('hi'), assistant('msg_1', [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }])),
        )
      ).records,
    );
    expect(outline(torn)).toEqual([
      'agent Claude Code open unset',
      '  task hi open unset',
      '    llm → Bash 1s',
      '    tool Bash open unset',
    ]);
    const late = foldRun(
      (await read(lines(prompt('hi'), result('t', 'ok'), assistant('msg_1', 'fine')))).records,
    );
    expect(spanNamed(late, 'result of an earlier call').attributes).toEqual({ call_missing: true });
  });

  test('one line of many megabytes is a line like any other', async () => {
    const text = lines(prompt('x'.repeat(8 << 20)), assistant('msg_1', 'long'));
    const run = foldRun((await read(text, { chunk: 65536 })).records);
    expect(run.name.length).toBeLessThan(100);
    expect(run.task!.length).toBeLessThanOrEqual(2000);
    expect(outline(run)).toHaveLength(3);
  });

  test('whatever JSON stands in the fields, nothing fails', async () => {
    const names =
      'type subtype uuid parentUuid isSidechain agentId sessionId timestamp message toolUseResult data attachment content usage id name input tool_use_id is_error model role summary leafUuid isMeta compactMetadata error operation'.split(
        ' ',
      );
    const leaf = fc.oneof(
      fc.constantFrom(
        'user',
        'assistant',
        'system',
        'progress',
        'attachment',
        'tool_use',
        'tool_result',
        'agent_progress',
        'compact_boundary',
        '2026-01-01T00:00:00.000Z',
        'text',
        '__proto__',
        'constructor',
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const { line } = fc.letrec((tie) => ({
      line: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('line'), fc.array(tie('line'), { maxLength: 3 })),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (values, live) => {
        const { records, refusals } = await read(lines(prompt('hi'), ...(values as object[])), { live });
        expect(refusals).toEqual([]);
        const run = foldRun(records);
        for (const span of run.spans)
          if (span.endUs !== undefined) expect(span.endUs).toBeGreaterThanOrEqual(span.startUs);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a session at work', () => {
  const ask = prompt('hi');
  const tool = assistant(
    'msg_1',
    [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } }],
    undefined,
    'm',
    'tool_use',
  );
  const done = assistant('msg_2', 'all done', { input_tokens: 1, output_tokens: 9 }, 'm', 'end_turn');

  async function liveRun(...values: object[]): Promise<Run> {
    return foldRun((await read(lines(...values), { live: true, chunk: 300 })).records);
  }

  test('shows a tool from its call, ends the turn with the answer, and goes on with the next prompt', async () => {
    expect(outline(await liveRun(ask, tool))).toEqual([
      'agent Claude Code open unset',
      '  task hi open unset',
      '    llm → Bash 1s',
      '    tool Bash ls open unset',
    ]);
    const answered = await liveRun(ask, tool, result('t', 'ok'), done);
    expect(outline(answered).filter((row) => row.includes('open'))).toEqual([]);
    const again = await liveRun(ask, tool, result('t', 'ok'), done, prompt('more'));
    expect(outline(again).filter((row) => row.includes('open'))).toEqual([
      'agent Claude Code open unset',
      '  task more open unset',
    ]);
  });
});

let serial = 0;
function base(type: string, uuid = `u${serial++}`): Record<string, unknown> {
  return { type, uuid, isSidechain: false, sessionId: 'ses', timestamp: '2026-01-01T00:00:01.000Z' };
}
function prompt(text: string): object {
  return { ...base('user'), timestamp: '2026-01-01T00:00:00.000Z', message: { role: 'user', content: text } };
}
function assistant(
  id: string | undefined,
  content: unknown,
  usage?: unknown,
  model = 'm',
  stop: string | null = null,
): object {
  return {
    ...base('assistant'),
    message: { ...(id !== undefined && { id }), model, role: 'assistant', content, usage, stop_reason: stop },
  };
}
function result(id: string, content: string): object {
  return {
    ...base('user'),
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  };
}
function lines(...values: object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
