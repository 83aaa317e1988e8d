import { describe, expect, test } from 'vitest';
import { MemorySink, RunTrace, type RunTraceOptions, type Sink } from '../index.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Span } from '../model/span.ts';

function recorded(options: RunTraceOptions = {}): { trace: RunTrace; memory: MemorySink } {
  const memory = new MemorySink();
  const trace = new RunTrace({ task: 'test', dir: false, url: false, sinks: [memory], ...options });
  return { trace, memory };
}

async function spansOf(
  work: (trace: RunTrace) => unknown,
  options?: RunTraceOptions,
): Promise<Record<string, Span>> {
  const { trace, memory } = recorded(options);
  await work(trace);
  await trace.end();
  return Object.fromEntries(memory.run().spans.map((span) => [span.name, span]));
}

const pause = (ms = 1): Promise<void> => new Promise((done) => setTimeout(done, ms));
const linesOf = (memory: MemorySink, event: string): TraceRecord[] =>
  memory.records.filter((record) => record.event === event);

describe('nesting', () => {
  test('by async context, through promises, timers and parallel children', async () => {
    const spans = await spansOf((trace) =>
      trace.span('stage', async () => {
        await Promise.all(
          ['a', 'b', 'c'].map((name) =>
            trace.span(name, { kind: 'agent' }, async () => {
              await pause();
              trace.span(`${name} tool`, { kind: 'tool' }, () => {});
            }),
          ),
        );
      }),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(spans[name]!.parentId).toBe(spans.stage!.spanId);
      expect(spans[`${name} tool`]!.parentId).toBe(spans[name]!.spanId);
    }
    expect(spans.a!.endUs!).toBeGreaterThan(spans.c!.startUs);
  });

  test('by explicit handle, which wins over the context', async () => {
    const spans = await spansOf(async (trace) => {
      const first = trace.start('first');
      await trace.span('second', async (second) => {
        first.start('of first').end();
        trace.start('of second').end();
        trace.start('named', { parent: first }).end();
        trace.start('top', { parent: null }).end();
        second.span('own', () => {});
      });
      first.end();
    });
    expect(spans['of first']!.parentId).toBe(spans.first!.spanId);
    expect(spans.named!.parentId).toBe(spans.first!.spanId);
    expect(spans['of second']!.parentId).toBe(spans.second!.spanId);
    expect(spans.own!.parentId).toBe(spans.second!.spanId);
    expect(spans.top!.parentId).toBeUndefined();
  });

  test('runs inside each other keep their spans apart', async () => {
    const outer = recorded();
    const inner = recorded();
    outer.trace.span('outer', () =>
      inner.trace.span('inner', () => {
        outer.trace.start('below outer').end();
        inner.trace.start('below inner', { parent: outer.trace.start('foreign') }).end();
      }),
    );
    await Promise.all([outer.trace.end(), inner.trace.end()]);
    const [, , below] = outer.memory.run().spans;
    expect(outer.memory.run().spans.find(({ name }) => name === 'below outer')?.parentId).toBe(
      outer.memory.run().spans[0]!.spanId,
    );
    expect(below).toBeDefined();
    expect(inner.memory.run().spans.map(({ name }) => name)).toEqual(['inner', 'below inner']);
  });

  test('a span without parent is a stage, one below it a task, unless told otherwise', async () => {
    const spans = await spansOf((trace) =>
      trace.span('planning', (stage) => {
        stage.start('step').end();
        stage.start('work', { kind: 'library-analysis' }).end();
      }),
    );
    expect(spans.planning!.kind).toBe('stage');
    expect(spans.step!.kind).toBe('task');
    expect(spans.work).toMatchObject({ kind: 'agent', role: 'library-analysis' });
  });
});

describe('outcomes', () => {
  test('what the function returns or throws comes out unchanged', async () => {
    const { trace, memory } = recorded();
    const problem = new TypeError('no', { cause: new Error('deeper') });
    expect(trace.span('sync', () => 42)).toBe(42);
    expect(await trace.span('async', async () => 'late')).toBe('late');
    expect(() =>
      trace.span('throws', () => {
        throw problem;
      }),
    ).toThrow(problem);
    await expect(trace.span('rejects', () => Promise.reject(problem))).rejects.toBe(problem);
    await trace.end();
    const { spans, status } = memory.run();
    expect(spans.map((span) => span.status)).toEqual(['ok', 'ok', 'error', 'error']);
    expect(spans[2]!.error).toMatchObject({ type: 'TypeError', message: 'no' });
    expect(spans[3]!.error?.stack).toMatch(/recorder\.test[\s\S]*Caused by: Error: deeper/);
    expect(status).toBe('error');
  });

  test('an AbortError cancels', async () => {
    const spans = await spansOf((trace) => trace.start('called off').fail(AbortSignal.abort().reason));
    expect(spans['called off']!.status).toBe('cancelled');
  });

  test('the first end counts; what comes later is an update', async () => {
    const spans = await spansOf((trace) => {
      const span = trace.start('once');
      span.end({ status: 'cancelled', outputs: { n: 1 }, tokens: 42100, toolUses: 31, costUsd: 0.5 });
      span.end();
      span.fail(new Error('late'));
      span.setAttributes({ late: true });
    });
    expect(spans.once).toMatchObject({
      status: 'cancelled',
      outputs: { n: 1 },
      toolUses: 31,
      reportedCostUsd: 0.5,
      attributes: { late: true },
    });
    expect(spans.once!.usage?.otherTokens).toBe(42100);
    expect(spans.once!.error).toBeUndefined();
  });

  test('`using` ends a span', async () => {
    const spans = await spansOf((trace) => {
      trace.start('used')[Symbol.dispose]();
    });
    expect(spans.used!.status).toBe('ok');
  });

  test('work that outlives its run is recorded', async () => {
    const { trace, memory } = recorded();
    const span = trace.start('late');
    await trace.end();
    span.end();
    await trace.flush();
    expect(memory.run().spans[0]!.endUs).toBeDefined();
  });
});

describe('what a span says', () => {
  test('everything given at its start and later', async () => {
    const spans = await spansOf((trace) => {
      const first = trace.start('first');
      const span = trace.start('call', {
        kind: 'llm',
        role: 'judge',
        component: 'encoding',
        lane: 'panel/1',
        model: 'gpt-5',
        provider: 'openai',
        inputs: { prompt: 'hello' },
        attributes: { a: 1 },
        tool: { name: 'search', callId: 'c1', category: 'mcp' },
        links: [
          { type: 'waits_for', span: first },
          { type: 'follows_from', span: 'elsewhere' },
        ],
      });
      span.setAttributes({ b: 2 });
      span.setAttributes({ c: 3 });
      span.setOutputs(['x']);
      span.firstToken();
      span.event('retry', { attempt: 2 }, { level: 'warning' });
      span.end();
      first.end();
    });
    expect(spans.call).toMatchObject({
      kind: 'llm',
      role: 'judge',
      component: 'encoding',
      lane: 'panel/1',
      model: 'gpt-5',
      provider: 'openai',
      inputs: { prompt: 'hello' },
      outputs: ['x'],
      attributes: { a: 1, b: 2, c: 3 },
      tool: { name: 'search', callId: 'c1', category: 'mcp' },
      links: [{ type: 'waits_for' }, { type: 'follows_from', spanId: 'elsewhere' }],
      events: [{ name: 'retry', level: 'warning', attributes: { attempt: 2 } }],
    });
    expect(spans.call!.firstTokenUs).toBeGreaterThanOrEqual(spans.call!.startUs);
  });

  test('what it learns goes out with the turn, not only with its end', async () => {
    const { trace, memory } = recorded();
    const span = trace.start('long', { kind: 'llm' });
    span.setAttributes({ step: 1 });
    span.logUsage({ input: 5, output: 1 });
    await pause(5);
    expect(memory.run().spans[0]).toMatchObject({ attributes: { step: 1 }, usage: { inputTokens: 5 } });
    span.end();
    await trace.end();
    expect(linesOf(memory, 'span_update')).toHaveLength(1);
  });

  test('lanes: of the current span, and of top-level spans to come', async () => {
    const spans = await spansOf((trace) => {
      trace.nameLane('main');
      trace.span('in main', () => trace.span('panel', () => trace.nameLane('panel/Critical-Reviewer')));
    });
    expect(spans['in main']!.lane).toBe('main');
    expect(spans.panel!.lane).toBe('panel/Critical-Reviewer');
  });

  test('decisions and events outside a span are spans of no length', async () => {
    const spans = await spansOf((trace) => {
      trace.decision('which model', { reasoning: 'cheaper', inputs: ['a', 'b'], outputs: 'a' });
      trace.event('checkpoint', { n: 1 });
    });
    expect(spans['which model']).toMatchObject({
      kind: 'decision',
      inputs: ['a', 'b'],
      outputs: 'a',
      attributes: { reasoning: 'cheaper' },
    });
    expect(spans.checkpoint).toMatchObject({ role: 'event', status: 'ok', attributes: { n: 1 } });
  });
});

describe('usage', () => {
  const answer = {
    id: 'a1',
    model: 'gpt-5',
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };

  test('inside a model call it is the call’s own, and adds up', async () => {
    const spans = await spansOf((trace) =>
      trace.span('call', { kind: 'llm', model: 'router' }, (span) => {
        trace.logUsage(answer);
        trace.logUsage(answer);
        trace.logUsage({ ...answer });
        span.logUsage({ input: 1, output: 1 });
      }),
    );
    expect(Object.keys(spans)).toEqual(['call']);
    expect(spans.call).toMatchObject({
      model: 'gpt-5',
      usage: { inputTokens: 11, outputTokens: 6, requests: 2 },
      attributes: { response_id: 'a1' },
    });
  });

  test('anywhere else it is a call of its own, once', async () => {
    const { trace, memory } = recorded();
    await trace.span('synthesis', async () => {
      trace.logUsage(answer, { stage: 'synthesis', durationMs: 1500 });
      trace.logUsage(answer);
    });
    trace.logUsage({ input: 1, output: 1 }, { stage: 'synthesis', model: 'm' });
    trace.logUsage({ input: 1, output: 1 }, { stage: 'synthesis', model: 'm' });
    await trace.end();
    const [stage, ...calls] = memory.run().spans;
    expect(calls.map((call) => call.parentId)).toEqual([stage!.spanId, stage!.spanId, stage!.spanId]);
    expect(calls[0]).toMatchObject({ kind: 'llm', model: 'gpt-5', attributes: { stage: 'synthesis' } });
    expect(calls[0]!.endUs! - calls[0]!.startUs).toBe(1_500_000);
  });

  test('a promise of usage, as streams have it', async () => {
    const spans = await spansOf(async (trace) => {
      const span = trace.start('stream', { kind: 'llm' });
      span.logUsage(pause().then(() => ({ inputTokens: 7, outputTokens: 1, totalTokens: 8 })));
      span.logUsage(Promise.reject(new Error('cut off')));
      await pause(10);
      span.end();
    });
    expect(spans.stream!.usage).toMatchObject({ inputTokens: 7, outputTokens: 1 });
  });
});

describe('the run', () => {
  test('says who it is and how it went', async () => {
    const { trace, memory } = recorded({
      name: 'Short',
      taskType: 'research',
      sessionId: 's1',
      project: 'p',
      labels: { variant: 'b', trial: 3 },
      plan: [{ stage: 'one', agents: 9 }],
      tacHours: 2,
      producerModel: 'm1',
      evaluatorModel: 'm2',
      skills: ['search'],
      sourceRepo: 'https://example.org/r',
      sourceCommit: 'abc',
    });
    trace.score('score', 7.5, { round: 1, dimensions: { depth: 7 } });
    trace.set({ criteria: { complete: true, short: false }, noveltyScores: [3, 1] });
    trace.setTac(3);
    await trace.end({ error: new Error('out of budget') });
    const run = memory.run();
    expect(run).toMatchObject({
      runId: trace.runId,
      name: 'Short',
      task: 'test',
      taskType: 'research',
      sessionId: 's1',
      project: 'p',
      status: 'error',
      error: { message: 'out of budget' },
      process: { pid: process.pid },
      labels: { variant: 'b', trial: '3', producer_model: 'm1', evaluator_model: 'm2', source_commit: 'abc' },
      attributes: { plan: [{ stage: 'one', agents: 9 }], tac_hours: 3, active_skills: ['search'] },
    });
    expect(run.scores.map(({ name, value, round, dimension }) => [name, value, round, dimension])).toEqual([
      ['score', 7.5, 'r1', undefined],
      ['depth', 7, 'r1', 'depth'],
      ['criterion:complete', 1, undefined, undefined],
      ['criterion:short', 0, undefined, undefined],
    ]);
  });

  test('secrets stay out of every record', async () => {
    const secret = `sk-ant-api03-${'a1B2c3'.repeat(12)}`;
    const { trace, memory } = recorded({ task: `use ${secret}`, attributes: { apiKey: 'hunter2' } });
    trace.span(`call ${secret}`, { inputs: { headers: { Authorization: `Bearer ${secret}` } } }, (span) => {
      span.setOutputs({ nested: [{ text: `it is ${secret}` }] });
      span.event('seen', { note: secret });
      span.fail(new Error(`rejected ${secret}`));
    });
    trace.decision('which', { reasoning: secret });
    await trace.end();
    expect(memory.text).not.toContain(secret);
    expect(memory.text).not.toContain('hunter2');
    expect(memory.run().spans[0]!.error?.message).toBe('rejected [redacted]');
    const open = recorded({ redact: false });
    open.trace.start(secret).end();
    await open.trace.end();
    expect(open.memory.text).toContain(secret);
  });

  test('and out of the id that is made of the task, which names folders', () => {
    const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
    expect(recorded({ task: `use ${secret}` }).trace.runId).toMatch(/^\d{8}_\d{6}_use-redacted-/);
    expect(recorded({ task: `use ${secret}`, redact: false }).trace.runId).toContain('use-ghp-abcdef');
    const patterns = [/case \d+/];
    expect(recorded({ name: 'case 1234', redact: { patterns } }).trace.runId).not.toContain('1234');
  });
});

describe('off', () => {
  test('it calls the function, and nothing else', async () => {
    const { trace, memory } = recorded({ enabled: false });
    expect(trace.span('work', { kind: 'agent' }, (span) => span.span('inner', (deep) => deep.id))).toBe('');
    const span = trace.start('x');
    span.logUsage(1);
    span.start('y').fail(new Error('no'));
    trace.score('score', 1);
    trace.setOutput('/nowhere');
    await trace.flush();
    await trace.end();
    expect([trace.runId, memory.text]).toEqual(['', '']);
  });

  test('by TACHO_DISABLED', async () => {
    process.env.TACHO_DISABLED = '1';
    const { trace, memory } = recorded();
    delete process.env.TACHO_DISABLED;
    trace.start('x').end();
    await trace.end();
    expect(memory.text).toBe('');
  });
});

describe('the host never notices', () => {
  test('hostile names, options, values and sinks', async () => {
    const angry: Sink = {
      write() {
        throw new Error('sink');
      },
      flush: () => Promise.reject(new Error('sink')),
      close: () => Promise.reject(new Error('sink')),
    };
    const memory = new MemorySink();
    const trace = new RunTrace({ task: 'test', dir: false, url: false, sinks: [angry, memory] });
    const trap = new Proxy(
      {},
      {
        get() {
          throw new Error('trap');
        },
        ownKeys() {
          throw new Error('trap');
        },
      },
    );
    const hostile = trap as never;
    const nameless = { toString: () => hostile } as never;
    expect(trace.span(nameless, () => 1)).toBe(1);
    expect(trace.span('trapped', hostile as object, () => 2)).toBe(2);
    const span = trace.start('values', {
      inputs: hostile,
      attributes: hostile,
      links: hostile,
      tool: hostile,
    });
    span.setAttributes(hostile);
    span.setInputs(hostile);
    span.setOutputs({ big: 1n });
    span.logUsage(hostile, hostile);
    span.event(hostile, hostile, hostile);
    span.score(hostile, Number.NaN, hostile);
    span.decision(hostile, hostile);
    span.nameLane(hostile);
    span.fail(hostile);
    span.end(hostile);
    trace.set(hostile);
    trace.score('s', 1, hostile);
    trace.setOutput(hostile);
    await trace.end(hostile);
    expect(memory.records.length).toBeGreaterThan(4);
    expect(memory.run().spans.find(({ name }) => name === 'values')?.endUs).toBeDefined();
  });
});
