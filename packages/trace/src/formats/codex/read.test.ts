import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CORPUS, filesBelow, fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { totalTokens } from '../../model/usage.ts';
import { codex } from './format.ts';
import { TokenBook, type TokenCount } from './token-book.ts';

const META = { id: 's1', cwd: '/w', cli_version: '1', originator: 'test' };

function line(second: number, type: string, payload: JsonObject): JsonObject {
  return { timestamp: new Date(1_760_000_000_000 + second * 1000).toISOString(), type, payload };
}

function tokens(second: number, total: JsonObject, last: JsonObject = total): JsonObject {
  return line(second, 'event_msg', {
    type: 'token_count',
    info: { total_token_usage: total, last_token_usage: last },
  });
}

async function runOf(...lines: JsonObject[]): Promise<Run> {
  const text = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
  const { records, refusals } = await readBytes(codex, Buffer.from(text));
  expect(refusals).toEqual([]);
  const runs = [...runsOf(records).values()];
  expect(runs).toHaveLength(1);
  return runs[0]!;
}

async function fixture(ending: string): Promise<Run> {
  const found = fixturesOf('codex').find(({ name }) => name.endsWith(`${ending}.jsonl`))!;
  return [...runsOf((await readBytes(codex, found.bytes, { name: found.name })).records).values()][0]!;
}

function span(run: Run, spanId: string): Span {
  const found = run.spans.find((each) => each.spanId === spanId);
  expect(found, spanId).toBeDefined();
  return found!;
}

describe('tokens', () => {
  test('G1: cached tokens are inside the input', async () => {
    const run = await runOf(
      line(0, 'session_meta', META),
      tokens(1, { input_tokens: 117_231, cached_input_tokens: 115_584, output_tokens: 225 }),
    );
    const { usage } = ledgerOf(run);
    expect(usage.inputTokens).toBe(1647);
    expect(totalTokens(usage)).toBe(117_456);
  });

  test('G4: reasoning is inside the output', async () => {
    const run = await runOf(
      line(0, 'session_meta', META),
      tokens(1, { input_tokens: 10, output_tokens: 1970, reasoning_output_tokens: 956 }),
    );
    expect(ledgerOf(run).usage).toMatchObject({ outputTokens: 1014, reasoningTokens: 956 });
  });

  test('G10: the same running total in two turns is one call', async () => {
    const last = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 };
    const run = await runOf(
      line(0, 'session_meta', META),
      tokens(1, last),
      tokens(2, { input_tokens: 2000, output_tokens: 200, total_tokens: 2200 }, last),
      line(3, 'event_msg', { type: 'user_message', message: 'Go on' }),
      tokens(4, { input_tokens: 2000, output_tokens: 200, total_tokens: 2200 }, last),
      tokens(5, { input_tokens: 3000, output_tokens: 300, total_tokens: 3300 }, last),
    );
    const { usage } = ledgerOf(run);
    expect(totalTokens(usage)).toBe(3300);
    expect(usage.requests).toBe(3);
  });

  test('a total that begins anew counts what its own call used', async () => {
    const run = await runOf(
      line(0, 'session_meta', META),
      tokens(1, { input_tokens: 500, output_tokens: 50 }),
      tokens(2, { input_tokens: 90, output_tokens: 9 }, { input_tokens: 80, output_tokens: 8 }),
    );
    expect(totalTokens(ledgerOf(run).usage)).toBe(550 + 88);
  });

  test('a sum that is not that of its parts is noted', async () => {
    const run = await runOf(
      line(0, 'session_meta', META),
      tokens(1, { input_tokens: 500, output_tokens: 50, total_tokens: 600 }),
    );
    expect(run.notes).toEqual([{ code: 'total-deviates', count: 1, example: 'llm:1' }]);
  });

  test('whatever is repeated between them, deltas add up to the last running total', () => {
    const count = fc.nat(100_000);
    const call = fc.record({ input: count, output: count, repeats: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
        const book = new TokenBook();
        const total: TokenCount = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0, total: 0 };
        let counted = 0;
        for (const { input, output, repeats } of calls) {
          total.input += input;
          total.output += output;
          for (let time = 0; time <= repeats; time++) {
            const used = book.add({ ...total, total: total.input + total.output });
            counted += used === undefined ? 0 : used.input + used.output;
          }
        }
        expect(counted).toBe(total.input + total.output);
      }),
    );
  });
});

describe('forks', () => {
  test('copied history has the keys of its origin, and loses against it', async () => {
    const [origin, fork] = [await fixture('aa'), await fixture('bb')];
    const keys = (run: Run, replay: boolean): (string | undefined)[] =>
      run.spans.filter((each) => each.usage && (each.replay ?? false) === replay).map((each) => each.callKey);
    expect(keys(fork, true)).toEqual(keys(origin, false).slice(0, 4));
    expect(keys(fork, false)).toHaveLength(1);
    expect(keys(origin, false)).not.toContain(keys(fork, false)[0]);
    expect(keys(origin, true)).toEqual([]);
    expect(fork.name).toBe('Try apples instead');
  });

  test('a subagent of a session is part of its run, under the call that started it', async () => {
    const [session, thread] = [await fixture('aa'), await fixture('cc')];
    expect(thread.runId).toBe(session.runId);
    const agent = thread.spans[0]!;
    expect(agent).toMatchObject({ kind: 'agent', name: 'Plum', role: 'explorer', outputs: 'Seven plums.' });
    expect(span(session, agent.spanId).parentId).toBe('tool:call_a5');
    const shared = session.spans.filter((one) => thread.spans.some((other) => other.spanId === one.spanId));
    expect(shared.map((each) => each.spanId)).toEqual([agent.spanId]);
  });
});

describe('the tree', () => {
  test('agent, turns, and in them calls and tools', async () => {
    const run = await fixture('aa');
    expect(run).toMatchObject({
      name: 'Fix the failing pear test',
      project: 'orchard',
      labels: { agent: 'codex', agent_version: '0.146.0', git_branch: 'pears' },
    });
    const turn = 'turn:019c2a00-4444-7000-8000-000000000001';
    expect(span(run, turn)).toMatchObject({ parentId: 'codex', kind: 'task', role: 'turn', status: 'ok' });
    expect(span(run, 'llm:1')).toMatchObject({
      parentId: turn,
      model: 'gpt-5.2-codex',
      provider: 'openai',
      attributes: { effort: 'high' },
      inputs: [{ type: 'note' }, { type: 'note' }, { type: 'prompt', text: 'Fix the failing pear test' }],
    });
    expect(span(run, turn).endUs).toBe(Date.parse('2026-02-03T09:00:15.200Z') * 1000);
  });

  test('tools have results, durations and exit codes', async () => {
    const run = await fixture('aa');
    expect(span(run, 'tool:call_a1')).toMatchObject({
      name: 'exec_command npm test -- pear',
      status: 'error',
      error: { type: 'exit_code', message: 'exit code 1: 1 failed: expected 2 pears' },
      tool: { name: 'exec_command', category: 'shell' },
      attributes: { exit_code: 1 },
    });
    const { startUs, endUs } = span(run, 'tool:call_a1');
    expect(endUs! - startUs).toBe(2_400_000);
    expect(span(run, 'tool:call_a3')).toMatchObject({
      name: 'apply_patch pear.ts',
      attributes: { files_changed: 1 },
    });
    expect(span(run, 'tool:call_a4')).toMatchObject({
      tool: { name: 'mcp__orchard__query_docs', category: 'mcp' },
      attributes: { mcp_server: 'orchard', mcp_tool: 'query_docs' },
      outputs: 'Pears come in twos.',
    });
    expect(span(run, 'tool:ws_1').tool?.category).toBe('web');
  });

  test('an aborted turn is cancelled with what was at work in it', async () => {
    const run = await fixture('aa');
    const turn = span(run, 'turn:019c2a04-4444-7000-8000-000000000002');
    expect(turn.status).toBe('cancelled');
    expect(turn.events?.map((event) => event.name)).toEqual([
      'context compacted',
      'rate limits',
      'stream error',
      'turn aborted: interrupted',
    ]);
    expect(span(run, 'tool:call_a6').status).toBe('cancelled');
  });

  test('rollouts of the first generation, without wrappers and times', async () => {
    const run = await fixture('dd');
    expect(run.runId).toBe('5f1c0e3a-0000-4000-8000-0000000000dd');
    expect(run.spans.map((each) => each.spanId)).toEqual([
      'codex',
      'turn:1',
      'llm:1',
      'tool:call_z1',
      'llm:2',
    ]);
    expect(span(run, 'tool:call_z1').outputs).toBe('pear.ts\n');
  });

  test('a harness that says a tool is over is believed, also when the file ends before its output', async () => {
    const call = { type: 'function_call', name: 'shell', arguments: '{}', call_id: 'c1' };
    const end = { type: 'exec_command_end', call_id: 'c1', aggregated_output: 'no', exit_code: 2 };
    const lines = [
      line(0, 'session_meta', META),
      line(1, 'event_msg', { type: 'user_message', message: 'Go' }),
      line(2, 'response_item', call),
      line(4, 'event_msg', { ...end, duration: { secs: 1, nanos: 500_000_000 } }),
    ];
    const tool = span(await runOf(...lines), 'tool:c1');
    expect(tool).toMatchObject({ status: 'error', outputs: 'no', attributes: { exit_code: 2 } });
    expect(tool.endUs! - tool.startUs).toBe(1_500_000);
    const output = { type: 'function_call_output', call_id: 'c1', output: 'shown to the model' };
    const whole = span(await runOf(...lines, line(5, 'response_item', output)), 'tool:c1');
    expect(whole).toMatchObject({ status: 'error', outputs: 'shown to the model', endUs: tool.endUs });
  });

  test('what comes after the end of a turn does not make it longer', async () => {
    const limits = (used: number): JsonObject => ({
      type: 'account/rateLimits/updated',
      rate_limits: { primary: { used_percent: used } },
    });
    const run = await runOf(
      line(0, 'session_meta', META),
      line(1, 'event_msg', { type: 'task_started', turn_id: 't1' }),
      line(2, 'event_msg', { type: 'task_complete', turn_id: 't1' }),
      line(50, 'event_msg', limits(5)),
      line(60, 'event_msg', limits(95)),
    );
    const { startUs, endUs, events } = span(run, 'turn:t1');
    expect(endUs! - startUs).toBe(1_000_000);
    expect(events?.map((event) => event.level)).toEqual([undefined, 'warning']);
  });

  test('a turn whose end was not said is open', async () => {
    const start = [
      line(0, 'session_meta', META),
      line(1, 'event_msg', { type: 'task_started', turn_id: 't1' }),
      line(1, 'event_msg', { type: 'user_message', message: 'Go' }),
      line(2, 'response_item', { type: 'function_call', name: 'shell', arguments: '{}', call_id: 'c1' }),
    ];
    const open = await runOf(...start);
    expect(open.spans.filter((each) => each.endUs === undefined).map((each) => each.spanId)).toEqual([
      'codex',
      'turn:t1',
      'tool:c1',
    ]);
  });
});

test('the samples', async () => {
  const figures: Record<string, number> = {};
  for (const { name, bytes } of filesBelow(`${CORPUS}/codex`, /\.jsonl$/)) {
    const { records, refusals } = await readBytes(codex, bytes, { name });
    expect(refusals).toEqual([]);
    for (const run of runsOf(records).values()) figures[name] = totalTokens(ledgerOf(run).usage);
  }
  if (Object.keys(figures).length === 0) return;
  expect(figures).toEqual({
    'agent-sessions_codex_050_legacy.jsonl': 2330,
    'agent-sessions_codex_051_usage.jsonl': 4360,
    'agent-sessions_codex_053_rate_limit.jsonl': 12_273,
    'agent-sessions_small.jsonl': 16_422,
  });
});
