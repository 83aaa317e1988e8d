import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerOf } from '@tacho/trace/analysis/ledger';
import { qualityOf } from '@tacho/trace/analysis/quality';
import { treeOf } from '@tacho/trace/analysis/tree';
import { read as readTelemetry } from '@tacho/trace/formats/telemetry/read';
import { columnsOf } from '@tacho/trace/model/columns';
import { emptyRun, RunFold } from '@tacho/trace/model/fold';
import type { Run } from '@tacho/trace/model/run';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestTerminal } from '../../../../tests/terminal.ts';
import { setCosts } from '../ingest/set-cost.ts';
import { defaultPrices } from '../prices/lookup.ts';
import { checkArtifact } from '../validation/check-artifact.ts';
import { checkerFor } from '../validation/schema-problems.ts';
import { run } from './main.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(file(name), 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-pipeline-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Typed = { code: number; out: string; err: string };

async function typed(argv: string[], begun?: (terminal: TestTerminal) => void): Promise<Typed> {
  const terminal = new TestTerminal();
  terminal.cwd = folder;
  terminal.env = { PATH: process.env.PATH, HOME: process.env.HOME, TACHO_HOME: file('home') };
  begun?.(terminal);
  const code = await run(['pipeline', ...argv], terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

async function recipe(stages: string, head = 'instrumentation: { enabled: true }'): Promise<void> {
  await writeFile(file('recipe.yaml'), `name: books\n${head}\nstages:\n${stages}`);
}

type Used = { calls: number; prompt_tokens: number; completion_tokens: number; cost: number | null };
type Report = {
  run_id: string;
  status?: string;
  cpu_user_seconds: number | null;
  totals: Used & { per_model: Record<string, Used> };
  pricing: { currency: string; source: string; models: Record<string, Record<string, unknown>> };
  env: Record<string, string>;
  llm_calls?: Record<string, unknown>[];
  stages: {
    id: string;
    status: string;
    started_at: string;
    ended_at: string | null;
    wall_seconds: number | null;
    cpu_user_seconds: number | null;
    cpu_system_seconds: number | null;
    artifact: string | null;
    error?: { type: string; message: string };
    llm_calls: Record<string, unknown>[];
    llm_totals: Used;
    extra: Record<string, unknown>;
  }[];
};

const report = (): Report => JSON.parse(text('logs/latest/instrumentation.json')) as Report;
const statuses = (): Record<string, string> =>
  Object.fromEntries(report().stages.map(({ id, status }) => [id, status]));
const stageNamed = (id: string): Report['stages'][number] =>
  report().stages.find((stage) => stage.id === id)!;

async function stream(): Promise<Run> {
  const fold = new RunFold(emptyRun(report().run_id));
  const chunks = (async function* () {
    yield readFileSync(file('logs/latest/telemetry.jsonl'));
  })();
  const refuse = ({ reason }: { reason: string }): void => expect.unreachable(reason);
  for await (const records of readTelemetry({ chunks, runId: fold.run.runId, refuse }))
    for (const record of records) fold.apply(record);
  return fold.run;
}

/** Whether the process whose number stands in the file is there, and more than a name that nobody collected. */
function alive(name: string): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${text(name).trim()}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Burns processor time in children, and says at its end what it and they used. */
const FORKS = `
import json, os, resource, subprocess, sys
burn = "import time\\ne = time.process_time() + 0.25\\nwhile time.process_time() < e: pass"
for child in [subprocess.Popen([sys.executable, "-c", burn]) for _ in range(3)]: child.wait()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
json.dump({"user": sum(u.ru_utime for u in used), "system": sum(u.ru_stime for u in used)}, open(sys.argv[1], "w"))
`;
/** Logs three calls of two models, the last of which says what it cost. */
const CALLS = `
const { appendFileSync } = require('node:fs');
const { INSTRUMENT_SINK: sink, INSTRUMENT_STAGE: stage_id, RUN_ID: run_id } = process.env;
const log = (call) => appendFileSync(sink, JSON.stringify({ stage_id, run_id, created_at: new Date().toISOString(), ...call }) + '\\n');
log({ model: 'our-model', provider: 'us', prompt_tokens: 12000, completion_tokens: 345, request_ms: 3, request_id: 'r1' });
log({ model: 'gpt-4.1-mini', provider: 'openai', prompt_tokens: 1000, completion_tokens: 100 });
log({ model: 'unheard-of', prompt_tokens: 7, completion_tokens: 1, cost: 0.25 });
`;
const PRICES = 'models:\n  our-model: { input_per_1m: 3, output_per_1m: 15 }\n';

describe('five real programs', () => {
  const stages = `
  - { id: forks, command: [python3, forks.py, one.json], parallel: true, stage: burn, module: burn_v1 }
  - { id: beside, command: [python3, forks.py, two.json], parallel: true }
  - { id: calls, command: [node, calls.cjs], needs: forks, artifact: pages.txt }
  - id: fails
    shell: |
      echo '{"model":"our-model","stage_id":"fails","prompt_tokens":1000,"completion_tokens":0}' >> "$INSTRUMENT_SINK"
      echo '{"model":"our-model","prompt_tokens":10,"completion_tokens":0}' >> "$INSTRUMENT_SINK"
      echo 'no such page' >&2
      exit 3
  - { id: there, shell: echo never > ran.txt, artifact: there.txt, skip_if_exists: true }
  - { id: after, shell: echo never > ran.txt, needs: [there, fails] }
`;
  beforeEach(async () => {
    await recipe(stages, 'instrumentation: { enabled: true, price_table: prices.yaml }');
    await writeFile(file('prices.yaml'), PRICES);
    await writeFile(file('forks.py'), FORKS);
    await writeFile(file('calls.cjs'), CALLS);
    await writeFile(file('there.txt'), '');
  });

  test('are timed, counted and priced, each by itself', async () => {
    const { code, err } = await typed(['recipe.yaml']);
    expect(code).toBe(1);
    expect(statuses()).toEqual({
      forks: 'done',
      beside: 'done',
      calls: 'done',
      fails: 'failed',
      there: 'skipped',
      after: 'skipped',
    });
    expect(existsSync(file('ran.txt'))).toBe(false);
    expect(stageNamed('fails')).toMatchObject({
      error: { type: 'exit-code', message: 'ended with exit code 3' },
      extra: { output_tail: 'no such page\n' },
    });
    expect(stageNamed('after').extra.reason).toBe('needs fails, which failed');
    expect(err).toContain('calls is done, but pages.txt, which it was to make, is not there');
    expect(err).toContain('6 stages: 3 done, 1 failed, 2 skipped');

    // 12 000 at $3 and 345 at $15 a million; 1 000 at $0.40 and 100 at $1.60; what the third call says.
    expect(stageNamed('calls').llm_calls.map(({ model, cost }) => [model, cost])).toEqual([
      ['our-model', 0.041175],
      ['gpt-4.1-mini', 0.00056],
      ['unheard-of', 0.25],
    ]);
    expect(stageNamed('calls').llm_totals).toEqual({
      calls: 3,
      prompt_tokens: 13_007,
      completion_tokens: 446,
      cost: 0.291735,
    });
    expect(stageNamed('fails').llm_totals).toMatchObject({ calls: 1, cost: 0.003 });
    // A call without a stage stays under the run.
    expect(report().llm_calls).toMatchObject([{ model: 'our-model', prompt_tokens: 10, cost: 0.00003 }]);
    expect(report().totals).toMatchObject({
      calls: 5,
      prompt_tokens: 14_017,
      completion_tokens: 446,
      cost: 0.294765,
    });
    expect(report().totals.per_model['our-model']).toMatchObject({ calls: 3, cost: 0.044205 });
    expect(report().pricing).toMatchObject({
      currency: 'USD',
      source: 'prices.yaml',
      models: {
        'our-model': {
          prompt_per_1k: 0.003,
          completion_per_1k: 0.015,
          currency: 'USD',
          source: 'prices.yaml',
        },
        'gpt-4.1-mini': { prompt_per_1k: 0.0004, completion_per_1k: 0.0016, currency: 'USD' },
      },
    });
    expect(report().env).toEqual({
      node_version: process.version,
      platform: expect.stringContaining(process.platform),
    });

    // Processor time by what the programs themselves counted, though two of them ran at once.
    for (const [id, counted] of [
      ['forks', 'one.json'],
      ['beside', 'two.json'],
    ] as const) {
      const { user, system } = JSON.parse(text(counted)) as { user: number; system: number };
      const { cpu_user_seconds: cpuUser, cpu_system_seconds: cpuSystem } = stageNamed(id);
      expect(Math.abs(cpuUser! + cpuSystem! - user - system)).toBeLessThan(
        Math.max(0.03, 0.05 * (user + system)) + 0.02,
      );
    }
    expect(stageNamed('there')).toMatchObject({ cpu_user_seconds: null, cpu_system_seconds: null });
    const [forks, beside] = ['forks', 'beside'].map(stageNamed);
    expect(beside!.started_at < forks!.ended_at! && forks!.started_at < beside!.ended_at!).toBe(true);
  });

  test('every file that is left keeps to its published schema, and the stream is the run that the report tells', async () => {
    await typed(['recipe.yaml']);
    for (const name of [
      'telemetry.jsonl',
      'instrumentation.json',
      'instrumentation_calls.jsonl',
      'run_summary.json',
    ])
      expect(await checkArtifact(file(`logs/latest/${name}`)), name).toMatchObject({
        problems: [],
        kind: {},
      });
    for (const name of ['logs/runs.jsonl', 'logs/run_manifest.jsonl', 'recipe.yaml', 'prices.yaml'])
      expect(await checkArtifact(file(name)), name).toMatchObject({ problems: [], kind: {} });
    for (const stage of report().stages) expect(checkerFor('instrumentation-stage')(stage)).toEqual([]);

    const told = await stream();
    expect(told).toMatchObject({ name: 'books', status: 'error', labels: { recipe: 'books' } });
    expect(
      told.spans.filter(({ kind }) => kind === 'stage').map(({ spanId, status }) => [spanId, status]),
    ).toEqual([
      ['forks', 'ok'],
      ['beside', 'ok'],
      ['there', 'cancelled'],
      ['calls', 'ok'],
      ['fails', 'error'],
      ['after', 'cancelled'],
    ]);
    // The named table is in the stream, for whoever has another one.
    expect(told.spans.find(({ callKey }) => callKey === 'r1')).toMatchObject({
      parentId: 'calls',
      reportedCostUsd: 0.041175,
    });

    const [line, ...more] = text('logs/run_manifest.jsonl').trimEnd().split('\n');
    expect(more).toEqual([]);
    const { run_id: runId, instrumentation } = JSON.parse(line!) as {
      run_id: string;
      instrumentation: { json: string; md: string };
    };
    expect(runId).toBe(report().run_id);
    for (const path of Object.values(instrumentation)) expect(existsSync(file(`logs/${path}`))).toBe(true);
    const digest = text('logs/latest/instrumentation.md');
    expect(digest).toContain('| our-model | 3 | 13010 | 345 | $0.044205 |');
    expect(digest).toMatch(/## Most expensive stages\n\n1\. calls: \$0\.291735/);
    expect(digest).toContain('[instrumentation.json](instrumentation.json)');
  });
});

test('a report names every field that its schema has of a run, a stage and a call, known or not', async () => {
  await recipe(`  - { id: a, shell: "echo '{}' > /dev/null" }\n`);
  await typed(['recipe.yaml']);
  const always = [
    'id',
    'stage',
    'module_id',
    'status',
    'started_at',
    'ended_at',
    'wall_seconds',
    'cpu_user_seconds',
    'cpu_system_seconds',
    'artifact',
    'schema_version_output',
    'llm_calls',
    'llm_totals',
    'extra',
  ];
  expect(Object.keys(report().stages[0]!)).toEqual(expect.arrayContaining(always));
  const ofRun = [
    'run_id',
    'recipe_name',
    'recipe_path',
    'started_at',
    'ended_at',
    'wall_seconds',
    'cpu_user_seconds',
    'cpu_system_seconds',
    'stages',
    'totals',
    'pricing',
    'env',
  ];
  expect(Object.keys(report())).toEqual(expect.arrayContaining(ofRun));
});

test('a stage is tried again, and what all attempts used and called counts', async () => {
  await recipe(`  - id: a
    retries: 2
    shell: |
      echo x >> tries.txt
      echo '{"model":"gpt-4.1-mini","provider":"openai","stage_id":"a","prompt_tokens":1000,"completion_tokens":0}' >> "$INSTRUMENT_SINK"
      [ "$(wc -l < tries.txt)" -ge 3 ]
`);
  const { code, err } = await typed(['recipe.yaml']);
  expect(code).toBe(0);
  expect(err).toContain('attempt 2 of 3 failed: ended with exit code 1');
  expect(stageNamed('a')).toMatchObject({
    status: 'done',
    extra: { attempts: 3 },
    llm_totals: { calls: 3, cost: 0.0012 },
  });
  const [span] = (await stream()).spans;
  expect(span!.events?.map(({ name, attributes }) => [name, attributes?.attempt])).toEqual([
    ['attempt failed', 1],
    ['attempt failed', 2],
  ]);
});

test('a stage that takes too long is ended with all that it started, and its time is known', async () => {
  await recipe(
    `  - { id: a, timeout: 0.3, shell: "sleep 60 & echo $! > pid; wait" }\n  - { id: b, shell: 'true' }\n`,
  );
  expect((await typed(['recipe.yaml'])).code).toBe(1);
  expect(stageNamed('a')).toMatchObject({
    status: 'failed',
    error: { type: 'timeout', message: 'took longer than 0.3 s' },
  });
  expect(stageNamed('a').wall_seconds).toBeGreaterThan(0.25);
  expect(stageNamed('a').cpu_user_seconds).not.toBeNull();
  expect(statuses().b).toBe('done');
  expect(alive('pid')).toBe(false);
});

test('a program that ends well when it is asked to, because it took too long, has failed, and is tried again', async () => {
  await recipe(`  - id: a
    timeout: 0.5
    retries: 1
    shell: "trap 'exit 0' TERM; sleep 60 & wait"
  - { id: b, shell: 'true', needs: a }
`);
  const { code, err } = await typed(['recipe.yaml']);
  expect(code).toBe(1);
  expect(stageNamed('a')).toMatchObject({
    status: 'failed',
    error: { type: 'timeout', message: 'took longer than 0.5 s' },
    extra: { attempts: 2 },
  });
  expect(statuses().b).toBe('skipped');
  expect(err).toContain('attempt 1 of 2 failed: took longer than 0.5 s');
});

test('a program that ended in time did not take too long, though what it left behind prints on', async () => {
  await recipe(
    `  - { id: a, timeout: 3, shell: "(for i in $(seq 1 35); do echo $i; sleep 0.1; done) & true" }\n`,
  );
  expect((await typed(['recipe.yaml'])).code).toBe(0);
  expect(stageNamed('a').status).toBe('done');
});

test('a program that ends well when the pipeline is stopped was interrupted', async () => {
  await recipe(`  - { id: a, retries: 3, shell: "trap 'exit 0' TERM; echo $$ > a.pid; sleep 60 & wait" }\n`);
  const { code } = await typed(['recipe.yaml'], (terminal) => {
    const waiting = setInterval(() => {
      if (!existsSync(file('a.pid'))) return;
      clearInterval(waiting);
      terminal.stopping.abort();
    }, 20);
  });
  expect(code).toBe(1);
  expect(stageNamed('a')).toMatchObject({ status: 'failed', error: { type: 'interrupted' } });
  expect(stageNamed('a').extra.attempts).toBeUndefined();
  expect(report().status).toBe('interrupted');
});

test('of a stage that is ended nothing outlives its first process, though it will not end', async () => {
  await recipe(`  - id: a
    timeout: 0.5
    shell: sh -c 'trap "" TERM; echo $$ > left.pid; sleep 60; sleep 60' & wait
`);
  expect((await typed(['recipe.yaml'])).code).toBe(1);
  expect(alive('left.pid')).toBe(false);
});

test('what a program says that its call cost goes before every table', async () => {
  const call = (cost: string): string =>
    `echo '{"stage_id":"a","model":"gpt-4.1-mini","provider":"openai","prompt_tokens":1000,"completion_tokens":0${cost}}' >> "$INSTRUMENT_SINK"`;
  await recipe(`  - id: a\n    shell: |\n      ${call(',"cost":0.5')}\n      ${call('')}\n`);
  await typed(['recipe.yaml']);
  expect(stageNamed('a').llm_calls.map(({ cost }) => cost)).toEqual([0.5, 0.0004]);
});

test('what the report says a run cost is what everybody says who reads its stream', async () => {
  const line =
    '{"stage_id":"a","model":"gpt-4.1-mini","provider":"openai","prompt_tokens":1000,"completion_tokens":0';
  await recipe(
    `  - id: a\n    shell: |\n      echo '${line}}' >> "$INSTRUMENT_SINK"\n      echo '${line},"cost":0.5}' >> "$INSTRUMENT_SINK"\n`,
  );
  await writeFile(
    file('dear.yaml'),
    'models:\n  gpt-4.1-mini: { input_per_1m: 9000, output_per_1m: 9000 }\n',
  );
  await typed(['recipe.yaml', '--price-table', 'dear.yaml']);
  expect(report().totals.cost).toBe(9.5);
  const run = await stream();
  setCosts(run, defaultPrices());
  expect(ledgerOf(run).costUsd).toBe(9.5);
  expect(run.spans.filter(({ kind }) => kind === 'llm').map(({ priceRow }) => priceRow)).toEqual([
    'priced by dear.yaml',
    'priced by the program',
  ]);
});

test('calls that do not say when they were made belong to their stage’s time', async () => {
  const line = (stage: string): string =>
    `echo '{"stage_id":"${stage}","model":"m","prompt_tokens":1,"completion_tokens":0}' >> "$INSTRUMENT_SINK"`;
  await recipe(
    `  - { id: a, shell: '${line('a').replaceAll("'", "''")}' }\n  - { id: b, needs: [a], shell: 'sleep 0.4; ${line('b').replaceAll("'", "''")}; sleep 0.4' }\n`,
  );
  await typed(['recipe.yaml']);
  const run = await stream();
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  expect(qualityOf(run, columns, tree, ledgerOf(run)).map(({ code }) => code)).toEqual(['unpriced-call']);
  const calls = run.spans.filter(({ kind }) => kind === 'llm');
  expect(calls.map(({ parentId }) => parentId)).toEqual(['a', 'b']);
  for (const call of calls) {
    const stage = run.spans.find(({ spanId }) => spanId === call.parentId)!;
    expect(call.startUs).toBeGreaterThanOrEqual(stage.startUs);
    expect(call.endUs).toBeLessThanOrEqual(stage.endUs!);
  }
});

test('a stage of a program of its own that failed stays failed, whatever it logged', async () => {
  const line = '{"stage_id":"%s","model":"m","prompt_tokens":1,"completion_tokens":0}';
  const main = join(import.meta.dirname, '../../bin/tacho.js');
  await writeFile(file('fail.sh'), `printf '${line}\\n' "$INSTRUMENT_STAGE" >> "$INSTRUMENT_SINK"\nexit 4\n`);
  await recipe(
    `  - { id: build, shell: '"${process.execPath}" "${main}" exec --stage inner -- sh fail.sh; sleep 0.5' }\n  - { id: more, needs: [build], shell: 'sleep 0.5' }\n`,
  );
  await typed(['recipe.yaml']);
  const run = await stream();
  const inner = run.spans.find(({ name }) => name === 'inner')!;
  const build = run.spans.find(({ spanId }) => spanId === 'build')!;
  expect(inner).toMatchObject({ status: 'error', parentId: 'build' });
  expect(inner.endUs).toBeLessThanOrEqual(build.endUs!);
  expect(run.spans.filter(({ kind }) => kind === 'stage')).toHaveLength(3);
});

test('a program that cannot be started is a failure of its stage, in the same words alone and beside others', async () => {
  await writeFile(file('script'), '#!/no/such/interpreter\n', { mode: 0o755 });
  await writeFile(file('no-program'), '');
  const programs = ['no-such-program-anywhere', './script', './no-program'];
  const stages = programs.flatMap((program, at) =>
    [false, true].map(
      (parallel) =>
        `  - { id: ${parallel ? 'p' : 'a'}${at}, command: [${program}], parallel: ${parallel} }\n`,
    ),
  );
  await recipe(
    `${stages.join('')}  - { id: burns, shell: 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done' }\n`,
  );
  const { code, out, err } = await typed(['recipe.yaml']);
  expect(code).toBe(1);
  for (const [at, program] of programs.entries()) {
    const [alone, beside] = [stageNamed(`a${at}`), stageNamed(`p${at}`)];
    expect(beside.error).toEqual(alone.error);
    expect(alone.error).toEqual({
      type: 'not-started',
      message: `${program} could not be started: ${at === 2 ? 'it may not be run' : 'there is no such program'}`,
    });
    for (const stage of [alone, beside]) {
      expect(stage).toMatchObject({ status: 'failed', cpu_user_seconds: 0, cpu_system_seconds: 0 });
      expect(stage.extra).toMatchObject({ max_rss_bytes: null });
      expect(stage.extra).not.toHaveProperty('output_tail');
    }
  }
  expect(out + err).not.toContain('not found');
  // A program that never ran used nothing, and the sum is known.
  expect(report().cpu_user_seconds).toBe(stageNamed('burns').cpu_user_seconds);
  expect(report().cpu_user_seconds).toBeGreaterThan(0);
});

test('Ctrl-C ends the children, and the report is whole', async () => {
  await recipe(`  - { id: a, parallel: true, shell: "trap '' TERM; echo $$ > a.pid; sleep 60 & echo $! > b.pid; wait; sleep 60" }
  - { id: b, parallel: true, command: [node, -e, "setInterval(() => {}, 1000)"] }
  - { id: c, shell: echo never }
`);
  const stopped = typed(['recipe.yaml'], (terminal) => {
    const waiting = setInterval(() => {
      if (!existsSync(file('b.pid'))) return;
      clearInterval(waiting);
      terminal.stopping.abort();
    }, 20);
  });
  expect((await stopped).code).toBe(1);
  expect(statuses()).toEqual({ a: 'failed', b: 'failed', c: 'skipped' });
  expect(stageNamed('b').error).toMatchObject({ type: 'interrupted' });
  expect(report().status).toBe('interrupted');
  expect((await stream()).status).toBe('interrupted');
  for (const name of ['a.pid', 'b.pid']) expect(alive(name), name).toBe(false);
}, 20_000);

test('without instrumentation it only runs', async () => {
  await recipe(`  - { id: a, shell: 'echo "[$INSTRUMENT_SINK]"' }\n  - { id: b, shell: 'exit 1' }\n`, '');
  const { code, out, err } = await typed(['recipe.yaml', '--price-table', 'none.yaml']);
  expect(code).toBe(1);
  expect(out).toBe('[]\n');
  expect(err).toContain('Nothing is recorded: add --instrument');
  expect(await readdir(folder)).toEqual(['recipe.yaml']);
});

test('the command line goes before the file that it names, and that before the recipe', async () => {
  await recipe(
    `  - { id: a, command: [node, calls.cjs] }\n`,
    'instrumentation: { enabled: false, price_table: none.yaml }',
  );
  await writeFile(file('calls.cjs'), CALLS);
  await writeFile(file('prices.yaml'), PRICES);
  await writeFile(file('settings.yaml'), 'enabled: true\nprice_table: prices.yaml\ninclude_calls: false\n');
  await typed(['recipe.yaml', '--instrument-config', 'settings.yaml']);
  expect(report().pricing.source).toBe('prices.yaml');
  expect(stageNamed('a')).toMatchObject({ llm_calls: [], llm_totals: { calls: 3, cost: 0.291735 } });
  await rm(file('logs'), { recursive: true });
  await typed(['recipe.yaml', '--instrument-config', 'settings.yaml', '--no-instrument']);
  expect(existsSync(file('logs'))).toBe(false);
  await writeFile(file('dear.yaml'), 'models:\n  our-model: { input_per_1m: 1000, output_per_1m: 0 }\n');
  await typed(['recipe.yaml', '--instrument', '--price-table', 'dear.yaml']);
  expect(stageNamed('a').llm_calls[0]).toMatchObject({ cost: 12 });
  const missing = await typed(['recipe.yaml', '--instrument']);
  expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('none.yaml cannot be read') });
});

describe('choosing', () => {
  beforeEach(() =>
    recipe(`  - { id: a, shell: echo a >> ran.txt, artifact: ran.txt, skip_if_exists: true }
  - { id: b, shell: echo b >> ran.txt, needs: a }
  - { id: c, shell: echo c >> ran.txt, needs: b }
`),
  );
  test.each([
    [[], 'a b c', {}],
    [['--from', 'b'], 'b c', { a: 'skipped' }],
    [['--only', 'c'], 'c', { a: 'skipped', b: 'skipped' }],
    [['--only', 'a,c'], 'a c', { b: 'skipped' }],
    [['--only', 'a', '--only', 'b'], 'a b', { c: 'skipped' }],
  ])('%j runs %s', async (options, ran, skipped) => {
    expect((await typed(['recipe.yaml', ...options])).code).toBe(0);
    expect(text('ran.txt').trim().split('\n').join(' ')).toBe(ran);
    expect(statuses()).toMatchObject(skipped);
  });

  test('--force runs what is there already', async () => {
    await typed(['recipe.yaml']);
    await typed(['recipe.yaml']);
    expect(stageNamed('a')).toMatchObject({ status: 'skipped', extra: { reason: 'ran.txt exists' } });
    await typed(['recipe.yaml', '--force', '--only', 'a']);
    expect(text('ran.txt')).toBe('a\nb\nc\nb\nc\na\n');
  });

  test('--dry-run says what would be, and does nothing', async () => {
    const { code, out } = await typed(['recipe.yaml', '--dry-run', '--from', 'b']);
    expect(code).toBe(0);
    expect(out).toBe(
      '1. a: skipped: stands before b\n2. b: echo b >> ran.txt  (needs a)\n3. c: echo c >> ran.txt  (needs b)\n',
    );
    expect(await readdir(folder)).toEqual(['recipe.yaml']);
  });

  test('--mock plays the stages: reports without programs', async () => {
    expect((await typed(['recipe.yaml', '--mock'])).code).toBe(0);
    expect(existsSync(file('ran.txt'))).toBe(false);
    expect(statuses()).toEqual({ a: 'done', b: 'done', c: 'done' });
    expect(stageNamed('b')).toMatchObject({ cpu_user_seconds: null, extra: { mock: true } });
  });

  test('a stage that is not there is wrong usage', async () => {
    const { code, err } = await typed(['recipe.yaml', '--only', 'd']);
    expect(code).toBe(2);
    expect(err).toContain('The recipe has no stage "d".');
  });
});

test('a recipe that is wrong is told with its places, and nothing is run', async () => {
  await recipe(`  - { id: a, shell: echo a > ran.txt }\n  - { id: b, shell: x, needs: [d] }\n`);
  const { code, err } = await typed(['recipe.yaml']);
  expect(code).toBe(3);
  expect(err).toContain('recipe.yaml:5:32: stages[1].needs[0]: no stage has the id "d": there are a, b');
  expect(await readdir(folder)).toEqual(['recipe.yaml']);
  expect(await typed(['none.yaml'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('none.yaml cannot be read'),
  });
});

test('what stages that run beside each other print says whose it is; alone it is the stage’s own', async () => {
  await recipe(
    `  - { id: a, parallel: true, shell: "printf 'one\\\\ntwo'" }\n  - { id: b, shell: "printf half" }\n`,
    '',
  );
  expect((await typed(['recipe.yaml'])).out).toBe('a | one\na | two\nhalf');
});

test('it is passed on byte by byte: the mark at its beginning, and a character that is torn at its end', async () => {
  const bytes = Buffer.from('\ufeffé\xff', 'latin1');
  const odd = Buffer.concat([Buffer.from('\ufeffone\n'), bytes, Buffer.from('é').subarray(0, 1)]);
  await writeFile(file('odd.txt'), odd);
  await recipe(
    '  - { id: a, command: [cat, odd.txt] }\n  - { id: b, parallel: true, shell: "cat odd.txt odd.txt >&2" }\n',
    '',
  );
  const written = { out: [] as Uint8Array[], err: [] as Uint8Array[] };
  await typed(['recipe.yaml'], (terminal) => {
    terminal.writeOut = async (piece) => written.out.push(Buffer.from(piece)) > 0;
    terminal.err = (piece) => {
      if (typeof piece !== 'string') written.err.push(piece);
    };
  });
  expect(Buffer.concat(written.out)).toEqual(odd);
  const line = odd.subarray(odd.indexOf(0x0a) + 1);
  const first = odd.subarray(0, odd.indexOf(0x0a) + 1);
  const b = Buffer.from('b | ');
  const end = Buffer.from('\n');
  expect(Buffer.concat(written.err)).toEqual(Buffer.concat([b, first, b, line, first, b, line, end]));
});

test('a line without an end is broken between two characters', async () => {
  await writeFile(file('long.txt'), `x${'é'.repeat(20_000)}`);
  await recipe('  - { id: a, parallel: true, command: [cat, long.txt] }\n', '');
  const { out } = await typed(['recipe.yaml']);
  expect(out).not.toContain('\ufffd');
  expect(out.replaceAll(/^a \| |\n/gm, '')).toBe(`x${'é'.repeat(20_000)}`);
});

test('a failure is told with its time apart', async () => {
  await recipe('  - { id: d, shell: exit 3 }\n', '');
  expect((await typed(['recipe.yaml'])).err).toMatch(/^\[1\/1\] d failed: ended with exit code 3 \(\d.*\)$/m);
});

test('files that could not be written are not named as if they were there', async () => {
  await recipe('  - { id: a, shell: echo done }\n');
  const { code, out, err } = await typed(['recipe.yaml'], (terminal) => {
    terminal.env.TACHO_DIR = file('recipe.yaml');
  });
  expect({ code, out }).toEqual({ code: 0, out: 'done\n' });
  expect(err).not.toMatch(/^(?:Run|Report)/m);
  expect(err).toMatch(/instrumentation\.json: Error: ENOTDIR/);
});

test('money has the digits that are meant', async () => {
  const lines = Array.from({ length: 1_000 }, (_, at) => ({
    stage_id: 'a',
    model: 'our-model',
    prompt_tokens: 65,
    completion_tokens: 0,
    request_id: `r${at}`,
  }));
  await writeFile(file('calls.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(file('prices.yaml'), 'models:\n  our-model: { input_per_1m: 0.7, output_per_1m: 1 }\n');
  await recipe('  - { id: a, shell: \'cat calls.jsonl >> "$INSTRUMENT_SINK"\' }\n');
  expect((await typed(['recipe.yaml', '--price-table', 'prices.yaml'])).code).toBe(0);
  expect(report().totals.cost).toBe(0.0455);
  expect(stageNamed('a').llm_calls[0]!.cost).toBe(0.0000455);
  expect(text('logs/latest/telemetry.jsonl')).not.toMatch(/"cost_usd":[\d.e-]{15}/);
});

test('a process that a stage leaves behind is not waited for; everything that the stage itself printed is there', async () => {
  await recipe(
    `  - { id: a, shell: "sleep 30 & echo $! > left.pid; seq 1 100000" }\n  - { id: b, shell: echo end }\n`,
  );
  const { code, out } = await typed(['recipe.yaml'], (terminal) => {
    // Whoever reads is slow.
    terminal.writeOut = async (text) => {
      await new Promise((wake) => setTimeout(wake, 5));
      terminal.stdout += Buffer.from(text).toString();
      return true;
    };
  });
  process.kill(Number(text('left.pid')), 'SIGKILL');
  expect(code).toBe(0);
  expect(out.split('\n')).toHaveLength(100_002);
  expect(out.endsWith('\n100000\nend\n')).toBe(true);
  expect(stageNamed('a').wall_seconds).toBeLessThan(10);
});

test('lines of the sink that are no calls are told, and the rest counts; a half-written last one is read when it is whole', async () => {
  await recipe(`  - id: a
    shell: |
      printf '{"stage_id":"a","model":"gpt-4.1-mini","provider":"openai","prompt_tok' >> "$INSTRUMENT_SINK"
      sleep 0.6
      printf 'ens":1000,"completion_tokens":0}\\nnonsense\\n{"stage_id":"a","model":"m","prompt_tokens":1,"completion_tokens":1}' >> "$INSTRUMENT_SINK"
`);
  const { code, err } = await typed(['recipe.yaml']);
  expect(code).toBe(0);
  expect(stageNamed('a').llm_totals).toMatchObject({ calls: 2, prompt_tokens: 1001 });
  expect(err).toMatch(/instrumentation_calls\.jsonl:2: /);
});
