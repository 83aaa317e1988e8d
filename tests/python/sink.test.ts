import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Input } from '@tacho/trace/formats/format';
import { readCalls } from '@tacho/trace/formats/instrumentation/read-calls';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import { expect, test } from 'vitest';
import { home, python, withPython } from './python.ts';

let sinks = 0;
const sinkOf = (): string => join(home, `sink-${++sinks}.jsonl`);
const linesOf = (sink: string): Record<string, unknown>[] =>
  readFileSync(sink, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function foldedSink(sink: string) {
  const bytes = new Uint8Array(readFileSync(sink));
  const refused: unknown[] = [];
  const input: Input = {
    chunks: (async function* () {
      yield bytes;
    })(),
    refuse: (line: unknown) => refused.push(line),
  };
  const records: TraceRecord[] = [];
  for await (const batch of readCalls(input)) records.push(...batch);
  expect(refused).toEqual([]);
  return foldRun(records);
}

withPython('log_llm_usage', () => {
  test('appends the line of the seed, with stage and run from the environment', async () => {
    const sink = sinkOf();
    const env = { INSTRUMENT_SINK: sink, INSTRUMENT_STAGE: 'extract', RUN_ID: 'run-7' };
    const { code, errors } = await python(
      `
from tacho import log_llm_usage
log_llm_usage("gpt-4.1-mini", 120, 30, request_ms=812.5, request_id="req-1")
log_llm_usage(model="gpt-4.1-mini", prompt_tokens=120.0, completion_tokens=0, cached=True)
log_llm_usage("claude", 1, 2, provider="anthropic", cost=0.25, stage_id="clean", run_id="other")`,
      { env },
    );
    expect([code, errors]).toEqual([0, '']);
    const call = {
      schema_version: 'instrumentation_call_v1',
      stage_id: 'extract',
      run_id: 'run-7',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      model: 'gpt-4.1-mini',
      provider: 'openai',
      prompt_tokens: 120,
      completion_tokens: 30,
      cached: false,
      request_ms: 812.5,
      request_id: 'req-1',
      cost: null,
    };
    expect(linesOf(sink)).toEqual([
      call,
      { ...call, completion_tokens: 0, cached: true, request_ms: null, request_id: null },
      {
        ...call,
        stage_id: 'clean',
        run_id: 'other',
        model: 'claude',
        provider: 'anthropic',
        prompt_tokens: 1,
        completion_tokens: 2,
        request_ms: null,
        request_id: null,
        cost: 0.25,
      },
    ]);
  });

  test('refuses figures that cannot be with a sentence, and writes nothing of them', async () => {
    const sink = sinkOf();
    const { said, errors } = await python(
      `
from tacho import log_llm_usage
for bad in (dict(prompt_tokens=-1), dict(completion_tokens=1.5), dict(prompt_tokens=True), dict(prompt_tokens="3"),
            dict(prompt_tokens=float("nan")), dict(request_ms=-0.1), dict(request_ms=float("inf")), dict(cost=-1), dict(model="")):
    try:
        log_llm_usage(**{"model": "m", "prompt_tokens": 1, "completion_tokens": 1, **bad})
    except ValueError as problem:
        print(problem)`,
      { env: { INSTRUMENT_SINK: sink } },
    );
    expect(errors).toBe('');
    expect(said).toEqual([
      'prompt_tokens is -1; expected a whole number of tokens, 0 or more',
      'completion_tokens is 1.5; expected a whole number of tokens, 0 or more',
      'prompt_tokens is True; expected a whole number of tokens, 0 or more',
      "prompt_tokens is '3'; expected a whole number of tokens, 0 or more",
      'prompt_tokens is nan; expected a whole number of tokens, 0 or more',
      'request_ms is -0.1; expected a number of milliseconds, 0 or more, or None when it is not known',
      'request_ms is inf; expected a number of milliseconds, 0 or more, or None when it is not known',
      'cost is -1; expected a number of US dollars, 0 or more, or None when it is not known',
      "model is ''; expected a name",
    ]);
    expect(existsSync(sink)).toBe(false);
  });

  test('of many threads and processes: every line is whole, and counted once', async () => {
    const sink = sinkOf();
    const { code } = await python(
      `
import multiprocessing, threading
from tacho import log_llm_usage
def calls(worker):
    for n in range(250): log_llm_usage("gpt-5", n, 1, request_id="%s-%d" % (worker, n))
def process(number):
    threads = [threading.Thread(target=calls, args=("%d-%d" % (number, n),)) for n in range(2)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=process, args=(n,)) for n in range(4)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()`,
      { env: { INSTRUMENT_SINK: sink, INSTRUMENT_STAGE: 'extract', RUN_ID: 'r' } },
    );
    expect(code).toBe(0);
    const run = await foldedSink(sink);
    const calls = run.spans.filter(({ kind }) => kind === 'llm');
    expect(calls).toHaveLength(2000);
    expect(calls.reduce((sum, { usage }) => sum + usage!.inputTokens, 0)).toBe((8 * 250 * 249) / 2);
    expect(run.spans.filter(({ kind }) => kind === 'stage').map(({ name }) => name)).toEqual(['extract']);
  });

  test('a sink that cannot be written is told once, and harms nothing', async () => {
    const { code, errors, said } = await python(
      `
from tacho import log_llm_usage
for n in range(3): log_llm_usage("m", 1, 1)
print("on")`,
      { env: { INSTRUMENT_SINK: join(home, 'no', 'such', 'folder') } },
    );
    expect([code, said]).toEqual([0, ['on']]);
    expect(errors.match(/the call sink .* cannot be written/g)).toHaveLength(1);
  });

  test('without a sink it is a call of the run; without a run nothing', async () => {
    const { records } = await python(`
import tacho
tacho.log_llm_usage("nobody", -1, -1)
with tacho.RunTrace(task="t") as run:
    with run.span("stage"):
        tacho.log_llm_usage("m", 3, 4, request_ms=5, request_id="q", cost=0.5)
        tacho.log_llm_usage("m", 3, 4, cached=True)`);
    const calls = foldRun(records).spans.filter(({ kind }) => kind === 'llm');
    expect(calls).toMatchObject([
      {
        model: 'm',
        provider: 'openai',
        usage: { inputTokens: 3, outputTokens: 4, requests: 1 },
        callKey: 'q',
      },
      { usage: { requests: 0 } },
    ]);
    expect(calls[0]).toMatchObject({ reportedCostUsd: 0.5, endUs: calls[0]!.startUs + 5000 });
  });

  test('switched off, a sink that somebody counts on is written all the same', async () => {
    const sink = sinkOf();
    const { said, records } = await python(
      `
import tacho
with tacho.RunTrace(task="t"):
    tacho.log_llm_usage("m", 1, 1)
print(tacho.current_run())`,
      { env: { INSTRUMENT_SINK: sink, TACHO_DISABLED: '1' } },
    );
    expect(linesOf(sink)).toHaveLength(1);
    expect([said, records]).toEqual([['None'], []]);
  });

  test('an answer that is logged without a run goes to the sink, with its buckets', async () => {
    const sink = sinkOf();
    await python(
      `
import tacho
tacho.log_usage({"id": "c1", "model": "gpt-5", "usage": {"prompt_tokens": 100, "completion_tokens": 20,
    "prompt_tokens_details": {"cached_tokens": 80}, "completion_tokens_details": {"reasoning_tokens": 5}}}, duration_ms=3)`,
      { env: { INSTRUMENT_SINK: sink } },
    );
    expect(linesOf(sink)).toMatchObject([{ model: 'gpt-5', prompt_tokens: 100, completion_tokens: 20 }]);
    const [call] = (await foldedSink(sink)).spans;
    expect(call!.usage).toMatchObject({
      inputTokens: 20,
      cacheReadTokens: 80,
      outputTokens: 15,
      reasoningTokens: 5,
    });
  });
});
