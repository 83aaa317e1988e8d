import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTacho, type Tacho } from '../../packages/app/src/server/open.ts';
import { foldRun } from '../../packages/trace/src/model/fold.ts';
import type { TraceRecord } from '../../packages/trace/src/model/record.ts';
import type { RunList, RunSummary } from '../../packages/trace/src/wire/runs.ts';
import { json, until } from '../server-process.ts';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tacho-otel-'));
const logs = join(folder, 'logs');
let tacho: Tacho;
let url: string;
beforeAll(async () => {
  tacho = await openTacho({ home: join(folder, 'home'), watch: [logs] });
  ({ url } = await tacho.listen({ port: 0, host: '127.0.0.1' }));
  void tacho.follow();
});
afterAll(async () => {
  await tacho.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program with OpenTelemetry's SDK as its authors would set it up, and our processor beside what else it has. */
function program(run: string, more: string, work: string): ChildProcess {
  const processor = pathToFileURL(join(repository, 'packages/trace/dist/otel.js')).href;
  const source = `
    import { NodeTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
    import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
    import { TachoSpanProcessor } from '${processor}';
    const exporter = new OTLPTraceExporter({ url: '${url}/v1/traces' });
    const tacho = new TachoSpanProcessor({ dir: ${JSON.stringify(logs)}, run: '${run}' });
    const provider = new NodeTracerProvider({ spanProcessors: [tacho ${more}] });
    provider.register();
    const tracer = provider.getTracer('program');
    const chat = { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' } };
    const used = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10 };
    ${work}`;
  return spawn(process.execPath, ['--input-type=module', '-e', source], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const written = (run: string): TraceRecord[] =>
  readFileSync(join(logs, run, 'telemetry.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceRecord);

const stored = async (runId: string): Promise<RunSummary | undefined> =>
  (await json<RunList>(`${url}/api/runs`)).runs.find((run) => run.runId === runId);

test('killed in the middle of a span: the open span is in the file, and the run shows as interrupted', async () => {
  const killed = program(
    'killed',
    '',
    `tracer.startActiveSpan('agent', (agent) => {
       tracer.startActiveSpan('done', chat, (call) => { call.setAttributes(used); call.end(); });
       tracer.startActiveSpan('never ends', chat, () => {});
     });
     setTimeout(() => console.log('open'), 20);
     setInterval(() => {}, 1000);`,
  );
  await once(killed.stdout!, 'data');
  const gone = once(killed, 'exit');
  killed.kill('SIGKILL');
  await gone;

  const run = foldRun(written('killed'));
  expect(run.spans.map(({ name, endUs }) => [name, endUs !== undefined])).toEqual([
    ['agent', false],
    ['done', true],
    ['never ends', false],
  ]);
  const shown = await until(async () => {
    const found = await stored(run.runId);
    return found?.status === 'interrupted' && found;
  });
  expect(shown).toMatchObject({ spans: 3, tokens: 110 });
});

test('a trace that is exported over OTLP as well counts once, and is over when it is over', async () => {
  const twice = program(
    'twice',
    ', new BatchSpanProcessor(exporter)',
    `tracer.startActiveSpan('agent', (agent) => {
       for (const name of ['first', 'second'])
         tracer.startActiveSpan(name, chat, (call) => { call.setAttributes(used); call.end(); });
       agent.end();
     });
     await provider.shutdown();`,
  );
  expect(await once(twice, 'exit')).toEqual([0, null]);
  const run = foldRun(written('twice'));
  expect(run).toMatchObject({
    status: 'ok',
    spans: [{ name: 'agent' }, { name: 'first' }, { name: 'second' }],
  });
  await until(async () => (await stored(run.runId))?.status === 'ok');
  expect(await stored(run.runId)).toMatchObject({ spans: 3, tokens: 220, status: 'ok' });
  expect((await json<{ total: number }>(`${url}/api/quarantine`)).total).toBe(0);
});

test('a program that ends by itself or by an error has written everything, without a word to the processor', async () => {
  const failing = program(
    'failing',
    '',
    `tracer.startActiveSpan('agent', () => { throw new Error('on purpose'); });`,
  );
  expect(await once(failing, 'exit')).toEqual([1, null]);
  expect(foldRun(written('failing'))).toMatchObject({
    status: 'interrupted',
    spans: [{ name: 'agent' }],
    attributes: { exit_code: 1 },
  });
});
