import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const npm = (folder: string, ...args: string[]): string =>
  execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-alone-'));
  const [packed] = JSON.parse(
    npm(repository, 'pack', '--json', '--workspace', 'packages/trace', '--pack-destination', folder),
  ) as { filename: string }[];
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', join(folder, packed!.filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the recorder installs alone: one package, no native code', () => {
  const files = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' });
  const packages = files.filter((file) => file.endsWith('package.json') && !file.startsWith('.'));
  expect(packages).toEqual([join('@tacho', 'trace', 'package.json')]);
  expect(files.filter((file) => /\.(node|so|dylib|dll|wasm)$/.test(file))).toEqual([]);
});

test('the recorder imported from there records', () => {
  const program = `
    import { RunTrace } from '@tacho/trace';
    const trace = new RunTrace({ task: 'alone', dir: 'logs', runId: 'alone' });
    await trace.span('work', async (span) => { span.logUsage({ input: 3, output: 4 }); });
    trace.end();
  `;
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  const written = readdirSync(join(folder, 'logs', 'alone')).sort();
  expect(written).toEqual(['run_summary.json', 'telemetry.jsonl', 'trace.json']);
});
