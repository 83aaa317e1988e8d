import { describe, expect, test } from 'vitest';
import {
  assistant,
  base,
  lines,
  outline,
  prompt,
  read,
  result,
  runOf,
  spanNamed,
  withoutTimes,
} from '../../../../../tests/transcripts.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { foldRun } from '../../model/fold.ts';
import type { Run } from '../../model/run.ts';
import { claudeCode } from './format.ts';

const SESSION = '44444444-0000-4000-8000-000000000004';
const SUBAGENTS = `subagents/${SESSION}/subagents`;

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
