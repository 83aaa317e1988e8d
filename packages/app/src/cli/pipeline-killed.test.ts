import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '@tacho/trace/analysis/report';
import type { RunList } from '@tacho/trace/wire/runs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkArtifact } from '../validation/check-artifact.ts';

/** The command as people run it: these tests need the build, which `npm test` makes first. */
const BIN = fileURLToPath(new URL('../../bin/tacho.js', import.meta.url));
const BUILT = existsSync(fileURLToPath(new URL('../../dist/cli/commands/pipeline.js', import.meta.url)));
if (!BUILT) console.warn('packages/app/dist is not built: a killed pipeline is not tested.');

let folder: string;
const file = (name: string): string => join(folder, name);
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-killed-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function tacho(...argv: string[]): ChildProcess {
  return tachoWith({}, ...argv);
}

function tachoWith(more: NodeJS.ProcessEnv, ...argv: string[]): ChildProcess {
  const env = { ...process.env, TACHO_HOME: file('home'), ...more };
  const child = spawn(process.execPath, [BIN, ...argv], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  return child;
}

async function printed(...argv: string[]): Promise<string> {
  const child = tacho(...argv);
  let text = '';
  child.stdout!.on('data', (piece) => {
    text += piece;
  });
  await once(child, 'close');
  return text;
}

/** What `tacho runs` shows through the server, once it has seen the pipeline. */
async function runsOnceThere(): Promise<RunList['runs']> {
  for (;;) {
    const { runs } = JSON.parse(await printed('runs', '--json')) as RunList;
    if (runs.length > 0) return runs;
    await sleep(50);
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

type Interim = {
  status?: string;
  cpu_user_seconds: number | null;
  cpu_system_seconds: number | null;
  stages: {
    id: string;
    status: string;
    error?: { type: string };
    ended_at: string | null;
    cpu_user_seconds: number | null;
    cpu_system_seconds: number | null;
    llm_totals: object;
  }[];
};
const interim = (): Interim =>
  JSON.parse(readFileSync(file('logs/latest/instrumentation.json'), 'utf8')) as Interim;

describe.runIf(BUILT)('a pipeline that is killed', () => {
  test('leaves a whole report that says what was running, and a run that shows as interrupted', async () => {
    await writeFile(
      file('recipe.yaml'),
      `instrumentation: { enabled: true }
stages:
  - id: first
    shell: echo '{"stage_id":"first","model":"gpt-4.1-mini","provider":"openai","prompt_tokens":1000,"completion_tokens":100}' >> "$INSTRUMENT_SINK"
  - { id: second, parallel: true, command: [node, -e, "require('fs').writeFileSync('second.pid', String(process.pid)); const end = Date.now() + 300; while (Date.now() < end); setInterval(() => {}, 100)"] }
  - id: third
    parallel: true
    shell: |
      echo '{"stage_id":"third","model":"gpt-4.1-mini","provider":"openai","prompt_tokens":2000,"completion_tokens":0}' >> "$INSTRUMENT_SINK"
      echo $$ > third.pid
      exec sleep 60
  - { id: fourth, shell: 'true', needs: third }
`,
    );
    const server = tacho('serve', '--no-open', '--port', '0');
    await once(server.stdout!, 'data');
    const pipeline = tacho('pipeline', 'recipe.yaml');
    const report = file('logs/latest/instrumentation.json');
    // At every moment the file is whole; after at most two seconds it has what was called meanwhile.
    await until(() => existsSync(report) && interim().stages.length === 3 && existsSync(file('third.pid')));
    await until(() => JSON.stringify(interim()).includes('"prompt_tokens":2000'));
    if (process.platform === 'linux') await until(() => (interim().stages[1]?.cpu_user_seconds ?? 0) > 0.05);
    // While it runs it is a run like any other.
    const during = await runsOnceThere();
    expect(during).toMatchObject([{ status: 'running', name: 'recipe' }]);
    const { stages } = JSON.parse(await printed('inspect', '--json')) as RunReport;
    expect(stages.map(({ name, status }) => [name, status])).toEqual([
      ['first', 'done'],
      ['second', 'running'],
      ['third', 'running'],
      ['fourth', 'planned'],
    ]);
    pipeline.kill('SIGKILL');
    await once(pipeline, 'close');
    for (const name of ['second.pid', 'third.pid'])
      process.kill(Number(readFileSync(file(name), 'utf8').trim()), 'SIGKILL');

    const told = interim();
    expect(told.stages.map(({ id, status }) => [id, status])).toEqual([
      ['first', 'done'],
      ['second', 'running'],
      ['third', 'running'],
    ]);
    expect(told.stages[0]).toMatchObject({ llm_totals: { calls: 1, cost: 0.00056 } });
    expect(told.stages[2]).toMatchObject({ ended_at: null, llm_totals: { calls: 1, cost: 0.0008 } });
    // What the run had used by then stays known: as much as its stages.
    if (process.platform === 'linux')
      for (const figure of ['cpu_user_seconds', 'cpu_system_seconds'] as const)
        expect(told[figure]).toBeCloseTo(
          told.stages.reduce((sum, stage) => sum + stage[figure]!, 0),
          5,
        );
    expect(await checkArtifact(report)).toMatchObject({ problems: [], kind: { name: 'instrumentation' } });
    expect(readFileSync(file('logs/latest/instrumentation.md'), 'utf8')).toContain('| third | running |');
    expect(readFileSync(file('logs/run_manifest.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(1);

    server.kill('SIGTERM');
    await once(server, 'close');
    await printed('import', 'logs');
    const { runs } = JSON.parse(await printed('runs', '--json')) as RunList;
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ status: 'interrupted', tokens: 3_100, costUsd: 0.00136 });
  }, 60_000);

  test.runIf(process.platform === 'linux')(
    'where folders can be neither made nor refused for good, the stages run',
    async () => {
      await writeFile(
        file('recipe.yaml'),
        "instrumentation: { enabled: true }\nstages:\n  - { id: a, shell: 'echo ran > ran.txt' }\n",
      );
      const pipeline = tachoWith({ TACHO_DIR: '/proc/nope' }, 'pipeline', 'recipe.yaml');
      expect((await once(pipeline, 'close'))[0]).toBe(0);
      expect(readFileSync(file('ran.txt'), 'utf8')).toBe('ran\n');
    },
  );

  test('a second Ctrl-C does not wait for programs that do not want to end, and leaves none, and whole reports', async () => {
    const stubborn = (id: string): string =>
      `"trap '' TERM; echo $$ > ${id}.pid; while :; do sleep 0.2; done"`;
    await writeFile(
      file('recipe.yaml'),
      `instrumentation: { enabled: true }
stages:
  - { id: a, parallel: true, retries: 2, shell: ${stubborn('a')} }
  - { id: b, parallel: true, shell: ${stubborn('b')} }
  - { id: c, shell: 'true', needs: b }
`,
    );
    const pipeline = tacho('pipeline', 'recipe.yaml');
    const pids = ['a.pid', 'b.pid'];
    const said = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
    await until(() => pids.every((name) => said(name).endsWith('\n')));
    pipeline.kill('SIGINT');
    // Two signals at once would be one.
    await sleep(300);
    pipeline.kill('SIGINT');
    expect((await once(pipeline, 'close'))[0]).toBe(130);
    const gone = (pid: number): boolean => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    };
    for (const name of pids) await until(() => gone(Number(said(name))));
    const told = interim();
    expect(told.status).toBe('interrupted');
    expect(told.stages.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'failed'],
      ['b', 'failed'],
      ['c', 'skipped'],
    ]);
    for (const { ended_at: endedAt, error } of told.stages.slice(0, 2)) {
      expect(endedAt).not.toBeNull();
      expect(error).toMatchObject({ type: 'interrupted' });
    }
    const stream = readFileSync(file('logs/latest/telemetry.jsonl'), 'utf8');
    expect(stream).toContain('"event":"run_end"');
  }, 30_000);

  test('tacho exec --stage inside a stage is a part of it', async () => {
    await writeFile(
      file('recipe.yaml'),
      `instrumentation: { enabled: true }
stages:
  - { id: outer, command: [node, ${JSON.stringify(BIN)}, exec, --stage, inner, --, sh, -c, "exit 0"] }
`,
    );
    expect((await once(tacho('pipeline', 'recipe.yaml'), 'close'))[0]).toBe(0);
    await printed('import', 'logs');
    const { runs } = JSON.parse(await printed('runs', '--json')) as RunList;
    expect(runs).toHaveLength(1);
    const spans = (await printed('export', runs[0]!.runId, '--format', 'telemetry'))
      .split('\n')
      .filter((line) => line.includes('"inner"') && line.includes('"parent"'));
    expect(spans.length).toBeGreaterThan(0);
    expect(spans[0]).toContain('"parent":"outer"');
    expect(interim().stages.map(({ id }) => id)).toEqual(['outer']);
  }, 60_000);
});
