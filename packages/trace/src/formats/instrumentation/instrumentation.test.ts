import { expect, test } from 'vitest';
import { fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { totalTokens } from '../../model/usage.ts';
import { instrumentation, instrumentationCalls, instrumentationDigest } from './format.ts';
import { type CallClock, readCalls } from './read-calls.ts';

const fixture = (format: string, name: string): Buffer =>
  fixturesOf(format).find((sample) => sample.name === name)!.bytes;
const REPORT = fixture('instrumentation', 'instrumentation.json');
const INTERIM = fixture('instrumentation', 'interim.json');
const SINK = fixture('instrumentation-calls', 'instrumentation_calls.jsonl');

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
async function report(bytes: Uint8Array): Promise<Run> {
  return [...runsOf((await readBytes(instrumentation, bytes)).records).values()][0]!;
}
function runOf(records: readonly TraceRecord[]): Run {
  return [...runsOf(records).values()][0]!;
}
const stageNamed = (run: Run, name: string) => run.spans.find((span) => span.name === name)!;
const countedTokens = (run: Run): number => totalTokens(ledgerOf(run).usage);

test('a report is a run with its stages, what they took of the processor, and their calls', async () => {
  const run = await report(REPORT);
  expect(run).toMatchObject({
    runId: 'deathtrap-text-ingest',
    name: 'text-ingest',
    status: 'error',
    labels: { recipe: 'text-ingest' },
    startUs: Date.parse('2025-11-22T23:55:00Z') * 1000,
    endUs: Date.parse('2025-11-22T23:55:33.250Z') * 1000,
    notes: [],
    attributes: { recipe_path: 'configs/recipes/recipe-text.yaml', cpu_user_s: 13.512, cpu_system_s: 0.71 },
  });
  expect(run.spans.filter(({ kind }) => kind === 'stage').map(({ name, status }) => [name, status])).toEqual([
    ['extract_text', 'ok'],
    ['clean_pages', 'ok'],
    ['portionize', 'error'],
    ['consensus', 'cancelled'],
  ]);
  expect(stageNamed(run, 'extract_text')).toMatchObject({
    role: 'extract',
    component: 'extract_text_v1',
    attributes: {
      cpu_user_s: 9.812,
      cpu_system_s: 0.41,
      pages: 113,
      description: 'Reads pages of the source',
    },
  });
  const calls = run.spans.filter(({ parentId }) => parentId === 'clean_pages');
  expect(calls.map(({ model, reportedCostUsd, usage }) => [model, reportedCostUsd, usage?.requests])).toEqual(
    [
      ['gpt-4.1-mini', 0.001272, 1],
      ['gpt-4.1-mini', 0.001221, 1],
      ['gpt-4.1-mini', 0.001221, 1],
      ['gpt-4o', 0, 0],
    ],
  );
  expect(countedTokens(run)).toBe(5230 + 812 + 2 * (4980 + 790) + 300 + 20 + 12_000 + 2400);
});

test('the sink and the report, in either order, count each call once; a call without a stage is the run’s', async () => {
  const [calls, whole] = [
    await readBytes(instrumentationCalls, SINK),
    await readBytes(instrumentation, REPORT),
  ];
  const once = countedTokens(runOf(whole.records));
  for (const records of [
    [...calls.records, ...whole.records],
    [...whole.records, ...calls.records],
  ]) {
    const run = runOf(records);
    expect(countedTokens(run)).toBe(once + 410 + 33);
    expect(run.spans.find(({ callKey }) => callKey === 'req_none')).not.toHaveProperty('parentId');
    expect(stageNamed(run, 'clean_pages')).toMatchObject({
      startUs: Date.parse('2025-11-22T23:55:12.001Z') * 1000,
      endUs: Date.parse('2025-11-22T23:55:21.001Z') * 1000,
    });
  }
});

test('calls that a report lists without time or id are those of the sink', async () => {
  const run = await report(INTERIM);
  expect(run.status).toBe('running');
  // Three calls, two of them alike; the totals of a stage that lists none; and 100 tokens that no listed call explains.
  expect(countedTokens(run)).toBe(1100 + 1100 + 2050 + 880 + 100);
  const line = (more: object): string =>
    `${JSON.stringify({
      run_id: 'interim-run',
      stage_id: 'clean',
      model: 'gpt-4o-mini',
      provider: 'openai',
      prompt_tokens: 1000,
      completion_tokens: 100,
      cached: false,
      request_ms: 500,
      ...more,
    })}\n`;
  const sink = await readBytes(
    instrumentationCalls,
    Buffer.from(
      line({ created_at: '2025-11-23T00:02:06Z' }) +
        line({ created_at: '2025-11-23T00:02:07Z' }) +
        line({ created_at: '2025-11-23T00:02:08Z', prompt_tokens: 5 }),
    ),
  );
  const { records } = await readBytes(instrumentation, INTERIM);
  expect(countedTokens(runOf([...records, ...sink.records]))).toBe(1100 + 1100 + 2050 + 880 + 105);
  expect(countedTokens(runOf([...sink.records, ...records]))).toBe(1100 + 1100 + 2050 + 880 + 105);
});

test('every line of the sink is a call, however alike and whenever it is read', async () => {
  const at = '2025-11-23T00:02:06.001Z';
  const lines = Array.from({ length: 12_500 }, (_, no) => ({
    model: 'gpt-5',
    prompt_tokens: no < 500 ? 7 : 10 + ((no * 7919) % 6_000),
    completion_tokens: 2,
    stage_id: no % 3 === 0 ? 'a' : undefined,
    // Many at one moment, many without a time, and some that say neither: all without an id.
    ...(no % 2 === 0 && { created_at: at }),
  }));
  const tokens = lines.reduce((sum, line) => sum + line.prompt_tokens + line.completion_tokens, 0);
  const sink = Buffer.from(lines.map((line) => `${JSON.stringify({ run_id: 'r', ...line })}\n`).join(''));
  const { records } = await readBytes(instrumentationCalls, sink);
  for (const told of [records, [...records, ...(await readBytes(instrumentationCalls, sink)).records]]) {
    const run = runOf(told);
    expect(run.spans.filter(({ kind }) => kind === 'llm')).toHaveLength(lines.length);
    expect(countedTokens(run)).toBe(tokens);
  }
});

test('a call that does not say when it was made was made when its reader heard of it, else with the one before in its stage', async () => {
  const lines = [
    { stage_id: 'a', created_at: '2025-11-23T00:00:10Z' },
    { stage_id: 'b' },
    { stage_id: 'a' },
    { stage_id: 'b', created_at: '2025-11-23T00:00:40Z' },
    { stage_id: 'b' },
  ].map((line) => ({ run_id: 'r', model: 'm', prompt_tokens: 1, completion_tokens: 1, ...line }));
  const second = (record: TraceRecord): number | undefined => record.ts && record.ts % 60;
  const secondsBy = async (clock?: CallClock): Promise<unknown[]> => {
    const chunks = (async function* () {
      yield Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    })();
    const records: TraceRecord[] = [];
    for await (const batch of readCalls({ chunks, refuse: () => expect.unreachable() }, clock))
      records.push(...batch);
    return records.filter(({ event }) => event === 'usage').map(second);
  };
  expect(await secondsBy()).toEqual([10, undefined, 10, 40, 40]);
  const minute = Date.parse('2025-11-23T00:00:00Z') * 1000;
  const heard = (stage: string | undefined): number => minute + (stage === 'a' ? 20e6 : 30e6);
  expect(await secondsBy(heard)).toEqual([10, 30, 20, 40, 30]);
});

test('a half-written line of the sink is read when it is whole, a line without a call is refused', async () => {
  const cut = SINK.subarray(0, SINK.length - 40);
  const live = async (bytes: Uint8Array): Promise<TraceRecord[]> => {
    const records: TraceRecord[] = [];
    const chunks = (async function* () {
      yield bytes;
    })();
    for await (const batch of instrumentationCalls.read!({
      chunks,
      live: true,
      refuse: () => expect.unreachable(),
    }))
      records.push(...batch);
    return records;
  };
  const calls = (records: readonly TraceRecord[]): number =>
    records.filter(({ event }) => event === 'usage').length;
  expect(calls(await live(SINK)) - calls(await live(cut))).toBe(1);

  const { refusals } = await readBytes(
    instrumentationCalls,
    Buffer.from('{"model":"m","prompt_tokens":1}\n{"x":1}\n'),
  );
  expect(refusals).toMatchObject([{ line: 2, reason: expect.stringContaining('"prompt_tokens"') }]);
});

test('totals that are not the sum of their parts are noted, with the place, and change nothing', async () => {
  const value = JSON.parse(REPORT.toString()) as {
    stages: { llm_totals: object }[];
    totals: { prompt_tokens: number; per_model: Record<string, { cost: number }> };
  };
  value.stages[1]!.llm_totals = { calls: 4, prompt_tokens: 15_490, completion_tokens: 2412, cost: 0.0042 };
  value.totals.prompt_tokens += 7;
  const run = await report(bytesOf(value));
  expect(run.notes).toEqual([
    { code: 'cost-deviates', count: 1, example: 'stage clean_pages' },
    { code: 'total-deviates', count: 2, example: 'totals of the run' },
  ]);
  expect(countedTokens(run)).toBe(countedTokens(await report(REPORT)));
  // Our own copy of it says the same, and not more.
  const again = await report(Buffer.from([...instrumentation.write!(run)].join('')));
  expect(again.notes).toEqual(run.notes);
});

test('a report that is read while it grows ends when its last stage does, and no sooner', async () => {
  const done = JSON.parse(INTERIM.toString()) as { stages: { status: string }[] };
  done.stages[2]!.status = 'done';
  const records = (await readBytes(instrumentation, INTERIM)).records;
  expect(runOf(records)).not.toHaveProperty('endUs');
  const after = (await readBytes(instrumentation, bytesOf(done))).records;
  expect(runOf([...records, ...after])).toMatchObject({ status: 'ok', endUs: expect.any(Number) });
  const torn = (await readBytes(instrumentation, bytesOf(done).subarray(0, -30))).records;
  expect(torn.map(({ event }) => event)).not.toContain('run_end');
});

test('whatever a stage says, it is a stage', async () => {
  const odd = {
    run_id: 7,
    stages: [
      {
        id: '__proto__',
        status: 'done',
        started_at: 1e300,
        wall_seconds: -5,
        llm_calls: { a: 1 },
        extra: [1],
      },
      { stage: 'twice', status: 'warning', llm_totals: 'x' },
      {
        stage: 'twice',
        status: { a: 1 },
        llm_calls: [null, 4, { model: 9, prompt_tokens: -3, request_ms: -1 }],
      },
      null,
      'text',
    ],
    totals: { per_model: { __proto__: 4, m: null } },
  };
  const { records, refusals } = await readBytes(instrumentation, bytesOf(odd));
  const run = runOf(records);
  expect(run.runId).toBe('7');
  expect(run.spans.filter(({ kind }) => kind === 'stage').map(({ name }) => name)).toEqual([
    '__proto__',
    'twice',
    'twice',
  ]);
  expect(refusals.map(({ reason }) => reason)).toEqual([
    'expected an object in "stages", found null',
    'expected an object in "stages", found a string',
  ]);
});

test('the digest has the totals, the models by cost and the stages by time', async () => {
  const text = [...instrumentationDigest.write!(await report(REPORT))].join('');
  expect(text).toContain(
    '| gpt-4.1 | 1 | 12000 | 2400 | $0.096000 |\n| gpt-4.1-mini | 3 | 15190 | 2392 | $0.003714 |',
  );
  expect(text).toContain('| clean\\_pages | done | 9.000 | 1.200 | 0.100 | $0.003714 | 4 |');
  expect(text).toContain('| consensus | skipped | 0.000 | 0.000 | 0.000 | $0 | 0 |');
  expect(text).toMatch(/## Most expensive stages\n\n1\. portionize: \$0\.096000 in 1 call$/m);
});

test('what no call was made for costs nothing, as in the report; a call without a price costs nobody knows what', () => {
  const stage: TraceRecord = {
    event: 'span',
    run_id: 'r',
    span_id: 's',
    kind: 'stage',
    ts: 1,
    duration_ms: 1,
  };
  const call: TraceRecord = {
    event: 'usage',
    run_id: 'r',
    span_id: 's',
    model: 'm',
    prompt_tokens: 5,
    ts: 1,
  };
  const digest = (records: TraceRecord[]): string =>
    [...instrumentationDigest.write!(runOf(records))].join('');
  const cost = (records: TraceRecord[]): unknown =>
    (JSON.parse([...instrumentation.write!(runOf(records))].join('')) as { totals: { cost: unknown } }).totals
      .cost;
  expect(digest([stage])).toMatch(/^- Cost: \$0$/m);
  expect(cost([stage])).toBe(0);
  expect(digest([stage, call])).toMatch(/^- Cost: unknown \(/m);
  expect(cost([stage, call])).toBeNull();
});

test('a digest printed on a terminal does nothing to it, whatever names say', async () => {
  const hostile = '\u001b[31mred\u001b]0;title\u0007 \u009b1m\u202e | `x`\nnext\u0000';
  const text = [
    ...instrumentationDigest.write!(
      runOf([
        { event: 'run_start', run_id: hostile, name: hostile, ts: 1 },
        { event: 'span', run_id: hostile, span_id: 's', name: hostile, kind: 'stage', ts: 1, duration_ms: 1 },
        {
          event: 'span',
          run_id: hostile,
          span_id: 'c',
          parent: 's',
          name: hostile,
          kind: 'llm',
          model: hostile,
          tokens: 5,
          ts: 1,
          duration_ms: 1,
        },
      ]),
    ),
  ].join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text).toContain('# Instrumentation of red \\| \\`x\\` next\n');
  expect(text).toContain('1 call without a known price');
});
