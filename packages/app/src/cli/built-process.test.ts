import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '@tacho/trace/analysis/report';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** The command as people run it: these tests need the build, which `npm test` makes first. */
const BIN = fileURLToPath(new URL('../../bin/tacho.js', import.meta.url));
const BUILT = existsSync(fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)));
if (!BUILT) console.warn('packages/app/dist is not built: the command is not tested as a process.');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Ended = { code: number | null; out: string; err: string };

function tacho(argv: readonly string[], shell = false): Promise<Ended> {
  const env = { ...process.env, TACHO_HOME: join(folder, 'home') };
  const child = shell
    ? spawn('sh', ['-c', argv[0]!], { cwd: folder, env })
    : spawn(process.execPath, [BIN, ...argv], { cwd: folder, env });
  return new Promise((resolve) => {
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', (text) => {
      ended.out += text;
    });
    child.stderr.on('data', (text) => {
      ended.err += text;
    });
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

describe.runIf(BUILT)('the built command', () => {
  test('the demo is a recorded run: 9 agents at once, 15 in turn, 10 at once, 1; two of them fail', async () => {
    const demo = await tacho(['demo', '--speed', '40', '--exit', '--no-open', '--port', '0']);
    expect(demo).toMatchObject({ code: 0, err: '' });
    const inspected = await tacho(['inspect', '--json']);
    const { run, stages, agents, rounds, leverage, output } = JSON.parse(inspected.out) as RunReport;
    expect(run).toMatchObject({ status: 'ok', agents: { total: 35, done: 33, failed: 2 }, openSpans: 0 });
    expect(stages.map(({ name, agents: { total, expected } }) => [name, total, expected])).toEqual([
      ['discovery', 0, undefined],
      ['library_depth_0', 9, 9],
      ['library_depth_n', 15, 15],
      ['application_analysis', 10, 10],
      ['synthesis', 1, 1],
    ]);
    const most = (stage: string): number => {
      const inside = agents.filter((agent) => agent.stage === stage);
      return Math.max(
        ...inside.map(
          ({ startUs }) =>
            inside.filter((other) => other.startUs <= startUs && other.endUs! > startUs).length,
        ),
      );
    };
    expect(['library_depth_0', 'library_depth_n', 'application_analysis', 'synthesis'].map(most)).toEqual([
      9, 1, 10, 1,
    ]);
    expect(agents.filter(({ status }) => status === 'error').map(({ name }) => name)).toEqual([
      'contracts-bindings',
      'churner',
    ]);
    expect(rounds.map(({ value }) => value)).toEqual([7.65, 8.45]);
    expect(leverage?.kind).toBe('tac');
    expect(output?.lines).toBeGreaterThan(100);
    expect(await readdir(join(folder, 'home/demo', run.runId))).toEqual(
      expect.arrayContaining(['run_summary.json', 'telemetry.jsonl', 'trace.json']),
    );
  });

  test('standard output that is closed early is no error', async () => {
    const demo = await tacho(['demo', '--speed', '200', '--exit', '--no-open', '--port', '0']);
    expect(demo.code).toBe(0);
    const command = `"${process.execPath}" "${BIN}" export --format telemetry`;
    const { code, out, err } = await tacho([`{ ${command}; echo "code $?" >&2; } | head -n 1`], true);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ event: 'run_start' });
    expect(err).toBe('code 0\n');
  });
});
