import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { RunReport } from '../../packages/trace/src/analysis/report.ts';
import type { RunList } from '../../packages/trace/src/wire/runs.ts';
import { json, type Served, serve, until } from '../server-process.ts';
import { tacho } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-torn-'));
let served: Served | undefined;
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Records a run with three spans open inside each other, says so, and waits to be killed. */
function recordOpenSpans(dir: string, more: string): ChildProcess {
  const module = pathToFileURL(join(import.meta.dirname, '../../packages/trace/dist/index.js')).href;
  const source = `
    import { RunTrace } from '${module}';
    const trace = new RunTrace({ task: 'never ends', dir: '${dir}' ${more} });
    await trace.span('done', async () => {});
    trace.span('outer', { kind: 'agent' }, async (outer) => {
      await outer.span('middle', { kind: 'task' }, async (middle) => {
        middle.start('inner', { kind: 'tool' });
        await new Promise(() => {});
      });
    });
    setTimeout(() => console.log('open'), 100);
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function kill(program: ChildProcess): Promise<void> {
  const ended = once(program, 'exit');
  program.kill('SIGKILL');
  await ended;
}

test('a program that was killed is shown as interrupted, with what was open in it', async () => {
  const logs = join(folder, 'logs');
  served = await serve({ home: join(folder, 'watching'), watch: logs });
  const program = recordOpenSpans(logs, '');
  await once(program.stdout!, 'data');
  const alive = await until(async () => (await json<RunList>(`${served!.url}/api/runs`)).runs[0]);
  expect(alive.status).toBe('running');
  // While it lives it is not over, however quiet it is.
  await new Promise((wake) => setTimeout(wake, 2500));
  expect((await json<RunList>(`${served.url}/api/runs`)).runs[0]?.status).toBe('running');
  await kill(program);
  const run = await until(async () => {
    const [first] = (await json<RunList>(`${served!.url}/api/runs`)).runs;
    return first?.status === 'interrupted' && first;
  }, 15_000);
  expect(run).toMatchObject({ openSpans: 3, spans: 4, agents: { total: 1, running: 0 } });
  const report = await json<RunReport>(`${served.url}/api/runs/${run.runId}/report`);
  expect(report.run.status).toBe('interrupted');
  expect(report.run.openSpans).toBe(3);

  const [name] = readdirSync(logs).filter((each) => each !== 'latest');
  const copy = join(folder, 'alone');
  const imported = await tacho(['import', join(logs, name!), '--json'], { home: copy });
  expect([imported.code, JSON.parse(imported.out).runs]).toEqual([0, [run.runId]]);
  const { out } = await tacho(['runs', '--json'], { home: copy });
  expect((JSON.parse(out) as RunList).runs[0]).toMatchObject({
    status: 'interrupted',
    openSpans: 3,
    spans: 4,
  });
  const { out: screen } = await tacho(['inspect'], { home: copy });
  expect(screen).toMatch(/interrupted/i);

  // Sent to a server and not watched by it, it is known by its process all the same.
  const sent = recordOpenSpans(join(folder, 'elsewhere'), `, url: '${served.url}'`);
  await once(sent.stdout!, 'data');
  const before = await until(
    async () => (await json<RunList>(`${served!.url}/api/runs?status=running`)).runs[0],
  );
  await kill(sent);
  await until(
    async () =>
      (await json<{ status: string }>(`${served!.url}/api/runs/${before.runId}`)).status === 'interrupted',
    15_000,
  );
}, 60_000);

test('a run that is imported while its program is at work goes on when the program does', async () => {
  const logs = join(folder, 'at-work');
  const program = recordOpenSpans(logs, '');
  await once(program.stdout!, 'data');
  const home = join(folder, 'at-work-home');
  await tacho(['import', logs], { home });
  await kill(program);
  const { out } = await tacho(['inspect', '--json'], { home });
  expect((JSON.parse(out) as RunReport).run.spans).toBe(4);
  expect(existsSync(join(home, 'tacho.duckdb'))).toBe(true);
}, 30_000);

test.each([
  '../../x',
  'a/b',
  '%2e%2e',
  '😀'.repeat(80),
  '',
  '..',
  '.',
  'latest',
  'C:\\x',
  '/etc/x',
  '~root',
  'a\u0000b\n\u001b[31m',
  'x'.repeat(400),
  '漢'.repeat(200),
  '\ud800',
  'con',
  '-rf',
])('a run id cannot lead its recorder out of the folder: %j', async (runId) => {
  const outside = mkdtempSync(join(folder, 'outside-'));
  const dir = join(outside, 'deep', 'logs');
  const before = readdirSync('/etc').length;
  const program = recordOpenSpans(dir, `, runId: ${JSON.stringify(runId)}`);
  await once(program.stdout!, 'data');
  await kill(program);
  expect(readdirSync(outside)).toEqual(['deep']);
  expect(readdirSync(join(outside, 'deep'))).toEqual(['logs']);
  const made = readdirSync(dir).filter((name) => name !== 'latest');
  expect(made).toHaveLength(1);
  expect(readdirSync(join(dir, made[0]!))).toContain('telemetry.jsonl');
  expect(readFileSync(join(dir, made[0]!, 'telemetry.jsonl'), 'utf8')).toContain('"span_start"');
  expect(readdirSync('/etc')).toHaveLength(before);
});
