import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunList } from '../packages/trace/src/wire/runs.ts';

const repository = join(import.meta.dirname, '..');
let folder: string;

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, TACHO_HOME: join(folder, 'home') },
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-packed-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  const packed = ['packages/trace', 'packages/app'].map((workspace) => {
    const [made] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--workspace', workspace, '--pack-destination', folder], {
        cwd: repository,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    ) as { filename: string; files: { path: string }[] }[];
    expect(made!.files.filter(({ path }) => /\.test\.|^src\//.test(path))).toEqual([]);
    return join(folder, made!.filename);
  });
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packed);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the packed packages, installed elsewhere, record and show the demo', () => {
  run('npx', 'tacho', 'demo', '--speed', '20', '--exit', '--no-open', '--port', '0');
  const { runs } = JSON.parse(run('npx', 'tacho', 'runs', '--json')) as RunList;
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ status: 'ok', agents: { total: 35, failed: 2 } });
  // What it checks with, and the schemas, are in the package too.
  const summary = join(folder, 'home/demo', runs[0]!.runId, 'run_summary.json');
  expect(run('npx', 'tacho', 'validate', summary)).toContain(': valid (run_summary.json, ');
}, 120_000);
