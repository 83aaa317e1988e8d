import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NAMES } from './coming-from-names.ts';

const repository = join(import.meta.dirname, '..');
const tacho = join(repository, 'packages/app/bin/tacho.js');
const page = readFileSync(join(repository, 'docs/coming-from.md'), 'utf8');
const run = promisify(execFile);
/** What the page promises to run, in its order. */
const blocks = [...page.matchAll(/^```(js|sh)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
  language: language!,
  code: code!,
}));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-coming-from-'));
  mkdirSync(join(folder, 'node_modules/@tacho'), { recursive: true });
  symlinkSync(join(repository, 'packages/trace'), join(folder, 'node_modules/@tacho/trace'), 'junction');
  const fixture = (from: string, to: string): void =>
    cpSync(join(repository, 'fixtures', from), join(folder, to), { recursive: true });
  fixture('harbor/passed__Ab3dE9x', 'jobs/nightly/passed__Ab3dE9x');
  fixture('claude-code/plain.jsonl', 'trajectory.jsonl');
  fixture('claude-code/plain.jsonl', 'baseline.jsonl');
  fixture('claude-code/parallel-tools.jsonl', 'mcp.jsonl');
  fixture('nemo/trace.json', 'trace.json');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => {
  const { INSTRUMENT_SINK: _, INSTRUMENT_STAGE: __, RUN_ID: ___, ...rest } = process.env;
  return { ...rest, TACHO_HOME: join(folder, 'home'), NO_COLOR: '1' };
};

test('every block of docs/coming-from.md runs', async () => {
  expect(blocks.length).toBeGreaterThan(8);
  for (const [at, { language, code }] of blocks.entries()) {
    const options = { cwd: folder, env: environment() };
    if (language === 'js') {
      const file = join(folder, `block-${at}.mjs`);
      writeFileSync(file, code);
      await run(process.execPath, [file], options);
      continue;
    }
    for (const line of code.trim().split('\n')) {
      const [command, ...args] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, word]) => quoted ?? word!,
      );
      expect(command).toBe('tacho');
      const failure = await run(process.execPath, [tacho, ...args.map(latestRun)], options).then(
        () => undefined,
        (error: { stderr?: string }) => `${line}: ${error.stderr}`,
      );
      expect(failure).toBeUndefined();
    }
  }
}, 180_000);

/** `latest` stands for the newest run, as it is linked in the folder of logs. */
function latestRun(word: string): string {
  if (word !== 'latest') return word;
  const telemetry = readFileSync(join(folder, 'logs/latest/telemetry.jsonl'), 'utf8');
  return (JSON.parse(telemetry.split('\n', 1)[0]!) as { run_id: string }).run_id;
}

test.each(Object.entries(NAMES))('the page maps every name of “%s”', (title, names) => {
  const section = page.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
  // Tables and prose: a name that stands in an example is not mapped by it.
  const said = section.replace(/^```[\s\S]*?^```$/gm, '');
  const missing = names
    .trim()
    .split(/\s+/)
    .filter((name) => !new RegExp(`(?<![\\w])${name.replace(/[.*/]/g, '\\$&')}(?![\\w])`).test(said));
  expect(missing).toEqual([]);
});
