import { describe, expect, test } from 'vitest';
import {
  CORPUS,
  comparable,
  filesBelow,
  fixturesOf,
  readBytes,
  runsOf,
} from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { foldRun } from '../../model/fold.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { totalTokens } from '../../model/usage.ts';
import type { Format } from '../format.ts';
import { FORMATS, formatNamed } from '../index.ts';
import { atif } from './format.ts';

async function read(value: unknown, name = 'trajectory.json'): Promise<Run> {
  const { records, refusals } = await readBytes(atif, Buffer.from(JSON.stringify(value)), { name });
  expect(refusals).toEqual([]);
  return foldRun(records);
}

/** The run of several files, in the order in which they are named. */
async function joined(folder: string, ...endings: string[]): Promise<Run> {
  const files = folder === '' ? fixturesOf('atif') : filesBelow(folder, /\.json$/);
  const records = [];
  for (const ending of endings) {
    const { name, bytes } = files.find((file) => file.name.endsWith(ending))!;
    records.push(...(await readBytes(atif, bytes, { name })).records);
  }
  expect(new Set(records.map((record) => record.run_id)).size).toBe(1);
  return foldRun(records);
}

function span(run: Run, spanId: string): Span {
  const found = run.spans.find((each) => each.spanId === spanId);
  expect(found, spanId).toBeDefined();
  return found!;
}

function trajectory(steps: JsonObject[], more: JsonObject = {}): JsonObject {
  return { schema_version: 'ATIF-v1.6', session_id: 's', agent: { name: 'a', version: '1' }, steps, ...more };
}

function step(id: number, metrics: JsonObject, more: JsonObject = {}): JsonObject {
  return { step_id: id, source: 'agent', message: 'x', metrics, ...more };
}

describe('tokens', () => {
  test('G1: cached tokens are inside the prompt', async () => {
    const metrics = { prompt_tokens: 117_231, cached_tokens: 115_584, completion_tokens: 225 };
    const { usage } = ledgerOf(await read(trajectory([step(1, metrics)])));
    expect(usage.inputTokens).toBe(1647);
    expect(totalTokens(usage)).toBe(117_456);
  });

  test('G4: reasoning is inside the completion', async () => {
    const metrics = { prompt_tokens: 1, completion_tokens: 1970, extra: { reasoning_tokens: 956 } };
    const { usage } = ledgerOf(await read(trajectory([step(1, metrics)])));
    expect(usage).toMatchObject({ outputTokens: 1014, reasoningTokens: 956 });
  });

  test('what was written to the cache is inside the prompt, unless it cannot be', async () => {
    const extra = { cache_creation_input_tokens: 50 };
    const inside = { prompt_tokens: 160, cached_tokens: 100, completion_tokens: 1, extra };
    const outside = { ...inside, prompt_tokens: 105 };
    expect(ledgerOf(await read(trajectory([step(1, inside)]))).usage).toMatchObject({
      inputTokens: 10,
      cacheWriteTokens: 50,
    });
    expect(ledgerOf(await read(trajectory([step(1, outside)]))).usage).toMatchObject({
      inputTokens: 5,
      cacheWriteTokens: 50,
    });
  });

  test('G10: copied context counts once; steps that no model made are no calls', async () => {
    const metrics = { prompt_tokens: 3000, completion_tokens: 300 };
    const run = await read(
      trajectory([
        step(1, metrics, { is_copied_context: true }),
        step(2, metrics),
        { step_id: 3, source: 'agent', message: 'by rule', llm_call_count: 0 },
      ]),
    );
    expect(totalTokens(ledgerOf(run).usage)).toBe(3300);
    expect(ledgerOf(run).usage.requests).toBe(1);
  });

  test('steps that a converter made of one message count as one call, with its last report', async () => {
    const run = await joined('', 'claude-code.json');
    const { usage } = ledgerOf(run);
    expect(usage).toMatchObject({ requests: 2, outputTokens: 482, inputTokens: 16, cacheReadTokens: 60_105 });
    expect(run.notes).toEqual([]);
  });

  test('totals: a roll-up, or the rest as unattributed, and a note when they cannot be right', async () => {
    const steps = [step(1, { prompt_tokens: 100, completion_tokens: 10 })];
    const totals = (prompt: number): JsonObject => ({
      final_metrics: { total_prompt_tokens: prompt, total_completion_tokens: 10, total_cost_usd: 0.5 },
    });
    const same = await read(trajectory(steps, totals(100)));
    expect(totalTokens(ledgerOf(same).usage)).toBe(110);
    expect(same.notes).toEqual([]);
    expect(span(same, 'atif').reportedCostUsd).toBe(0.5);
    const more = await read(trajectory(steps, totals(150)));
    expect(ledgerOf(more).usage).toMatchObject({ inputTokens: 100, otherTokens: 50 });
    expect(more.notes).toEqual([{ code: 'total-deviates', count: 1, example: 'atif' }]);
  });
});

describe('parts of a run', () => {
  test('a continuation and a subagent are of the same run, share no ids, and explain its totals', async () => {
    const run = await joined('', 'trajectory.json', 'cont-1.json', 'summary.json');
    expect(run.notes).toEqual([]);
    expect(run.name).toBe('Bake the loaf on the picture');
    expect(span(run, 'atif')).toMatchObject({
      startUs: Date.parse('2026-05-04T12:00:00Z') * 1000,
      endUs: Date.parse('2026-05-04T12:00:25Z') * 1000,
    });
    expect(span(run, 'cont-1/llm:4').parentId).toBe('atif');
    expect(span(run, 'agent:bakery-1-summary')).toMatchObject({ parentId: 'turn:2', name: 'baker-summary' });
    const { usage } = ledgerOf(run);
    expect(usage).toMatchObject({ otherTokens: 0, requests: 5 });
    expect(totalTokens(usage)).toBe(2300 + 1495 + 450);
  });

  test('the parts of a real run add up to the totals that it states', async () => {
    const folder = `${CORPUS}/atif/harbor_golden_apache`;
    if (filesBelow(folder).length === 0) return;
    const parts = ['summary', 'questions', 'answers'].map(
      (part) => `trajectory.summarization-1-${part}.json`,
    );
    const whole = 'context-summarization.trajectory.json';
    const linear = ['linear-history.trajectory.json', 'linear-history.trajectory.cont-1.json'];
    for (const files of [
      [whole, ...parts],
      [...linear, ...parts],
    ]) {
      const run = await joined(folder, ...files);
      const { usage, entries } = ledgerOf(run);
      expect([totalTokens(usage), usage.otherTokens]).toEqual([7802 + 1030, 0]);
      expect(entries[0]).toMatchObject({ no: 0, verdict: 'roll-up' });
    }
  });

  test('trajectories inside the file (1.7) hang under the tool that ran them, with real times where there are some', async () => {
    const run = await joined('', 'v1.7.json');
    expect(span(run, 'agent:cutter')).toMatchObject({ parentId: 'agent:head/tool:c1', name: 'cutter' });
    expect(span(run, 'agent:cutter/llm:2')).toMatchObject({
      model: 'gpt-4.1-nano',
      parentId: 'agent:cutter/turn:1',
    });
    const tool = span(run, 'agent:head/tool:c1');
    expect(tool.endUs! - tool.startUs).toBe(4_750_000);
    expect(tool.attributes?.time_estimated).toBeUndefined();
    expect(span(run, 'agent:head/tool:c2')).toMatchObject({
      status: 'error',
      attributes: { time_estimated: true },
    });
    expect(span(run, 'agent:head/llm:2').usage?.requests).toBe(2);
  });
});

test('messages of several kinds, results without a call, exit codes', async () => {
  const run = await joined('', '/trajectory.json'.slice(1));
  expect(span(run, 'turn:2').inputs).toEqual([
    { type: 'text', text: 'Bake the loaf on the picture' },
    { type: 'image', source: { media_type: 'image/png', path: 'images/loaf.png' } },
  ]);
  expect(span(run, 'llm:3')).toMatchObject({
    outputs: [
      { type: 'thinking', thinking: 'Flour comes first.' },
      { type: 'text', text: 'First the flour.' },
      { type: 'tool_use', id: 'call_0_1' },
      { type: 'tool_use', id: 'call_0_2' },
    ],
    attributes: { effort: 'low', time_estimated: true, metrics: { logprobs_count: 2 } },
    reportedCostUsd: 0.0012,
  });
  expect(span(run, 'tool:call_0_2').outputs).toContain('300 g');
  expect(span(run, 'tool:call_1_1').error).toEqual({ type: 'exit_code', message: 'exit code 3' });
  expect(span(run, 'atif').attributes).toMatchObject({ notes: 'Made of flour.', tools: ['bash_command'] });
});

test('what is no trajectory is refused by name', async () => {
  for (const [value, reason] of [
    [{ schema_version: 'cursor-jsonl-v1', steps: [{}] }, 'the schema_version is "cursor-jsonl-v1", expected'],
    [[{ conversations: [], episode: 0 }], 'an export of conversations for training'],
  ] as const) {
    const { records, refusals } = await readBytes(atif, Buffer.from(JSON.stringify(value)));
    expect(records).toEqual([]);
    expect(refusals.map((refusal) => refusal.reason.startsWith(reason))).toEqual([true]);
    expect(refusals[0]!.line).toBe(1);
  }
});

const STEP_FIELDS = new Set(
  'step_id timestamp source model_name reasoning_effort message reasoning_content tool_calls observation metrics llm_call_count extra'.split(
    ' ',
  ),
);

/** What Harbor's validator demands of a trajectory. */
function expectValid(value: JsonObject): void {
  expect(value).toMatchObject({
    schema_version: 'ATIF-v1.7',
    session_id: expect.any(String),
    agent: { name: expect.any(String), version: expect.any(String) },
  });
  const steps = value.steps as JsonObject[];
  expect(steps.map((each) => each.step_id)).toEqual(steps.map((_, at) => at + 1));
  expect(steps.length).toBeGreaterThan(0);
  for (const each of steps) {
    expect(Object.keys(each).filter((name) => !STEP_FIELDS.has(name))).toEqual([]);
    expect(['system', 'user', 'agent']).toContain(each.source);
    expect(each.message).toEqual(expect.any(String));
    if (each.timestamp !== undefined) expect(Date.parse(each.timestamp as string)).toBeGreaterThan(0);
    const ids = ((each.tool_calls ?? []) as JsonObject[]).map((call) => call.tool_call_id);
    expect(new Set(ids).size).toBe(ids.length);
    if (each.source !== 'agent') expect(each.tool_calls ?? each.metrics ?? each.model_name).toBeUndefined();
    const results = isObject(each.observation) ? (each.observation.results as JsonObject[]) : [];
    for (const result of results)
      if (result.source_call_id !== undefined) expect(ids).toContain(result.source_call_id);
  }
  for (const inner of (value.subagent_trajectories ?? []) as JsonObject[]) {
    expect(inner.trajectory_id).toEqual(expect.any(String));
    expectValid(inner);
  }
}

const written = FORMATS.filter((format) => format.read !== undefined).flatMap((format: Format) =>
  fixturesOf(format.name).map((file) => [`${format.name}/${file.name}`, format, file] as const),
);

describe('writing', () => {
  test.each(written)(
    '%s: valid, and the same run when it is read again',
    async (_, format, { name, bytes }) => {
      for (const run of runsOf((await readBytes(format, bytes, { name })).records).values()) {
        const text = [...atif.write!(run)].join('');
        expectValid(JSON.parse(text) as JsonObject);
        const { records, refusals } = await readBytes(atif, Buffer.from(text));
        expect(refusals).toEqual([]);
        expect(comparable(runsOf(records).get(run.runId)!)).toEqual(comparable(run));
      }
    },
  );

  test('the prompt that is written has all input in it: uncached, read from and written to caches', async () => {
    const run = await joined('', 'claude-code.json');
    const text = [...atif.write!(run)].join('');
    const whole = JSON.parse(text) as { steps: JsonObject[]; final_metrics: JsonObject };
    expect(whole.final_metrics).toMatchObject({
      total_prompt_tokens: 16 + 60_105 + 6497,
      total_completion_tokens: 482,
      total_cached_tokens: 60_105,
    });
    expect(whole.steps.at(-1)!.metrics).toMatchObject({
      prompt_tokens: 33_249 + 120,
      cached_tokens: 33_241,
      extra: { cache_creation_input_tokens: 120 },
    });
  });

  test.each(['codex', 'claude-code', 'gemini-cli'])(
    '%s: other readers count the same tokens',
    async (name) => {
      for (const file of fixturesOf(name)) {
        const { records } = await readBytes(formatNamed(name)!, file.bytes, { name: file.name });
        for (const run of runsOf(records).values()) {
          const text = JSON.stringify(JSON.parse([...atif.write!(run)].join('')), (key, value: unknown) =>
            key === 'tacho' ? undefined : value,
          );
          const foreign = foldRun((await readBytes(atif, Buffer.from(text))).records);
          const [was, is] = [ledgerOf(run).usage, ledgerOf(foreign).usage];
          // ATIF has no word for tokens of unknown kind.
          const told = totalTokens(was) - was.otherTokens;
          expect([totalTokens(is), is.cacheReadTokens]).toEqual([told, was.cacheReadTokens]);
        }
      }
    },
  );
});
