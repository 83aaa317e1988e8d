import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWN_ENVIRONMENT } from '../../../../tests/own-environment.ts';

const APP = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(APP, 'bin/tacho.js');
const BUILT = existsSync(join(APP, 'dist/cli/process-io.cjs'));
if (!BUILT) console.warn('packages/app/dist is not built: what tacho exec loads is not counted.');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-loads-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every script of the process, Node's own among them: its coverage knows them all. */
function loadedBy(argv: readonly string[], env: NodeJS.ProcessEnv = {}): string[] {
  const coverage = mkdtempSync(join(folder, 'coverage-'));
  execFileSync(process.execPath, [BIN, ...argv], {
    cwd: folder,
    env: { ...OWN_ENVIRONMENT, ...env, NODE_V8_COVERAGE: coverage },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const scripts = readdirSync(coverage).flatMap(
    (file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')).result as { url: string }[],
  );
  const app = `${pathToFileURL(APP).href.replace(/\/$/, '')}/`;
  return scripts.map(({ url }) => url.replace(app, ''));
}

/** Each costs a third of a millisecond or more, before the command may start. */
describe.runIf(BUILT)('loaded are', () => {
  test('for a command that is measured three files, its reports after it, and nothing that only a network needs', () => {
    const loaded = loadedBy(['exec', '--', 'true']);
    expect(loaded.filter((url) => !url.startsWith('node:'))).toEqual([
      'bin/tacho.js',
      'dist/cli/process-io.cjs',
      'dist/cli/exec.cjs',
      'dist/cli/command-report.cjs',
      'dist/cli/call.cjs',
    ]);
    // Inside another run there are no reports: what is loaded then is all that stands before a command.
    const inside = { TACHO_RUN_ID: 'r', TACHO_RUN_DIR: folder };
    expect(loadedBy(['exec', '--', 'true'], inside).filter((url) => !url.startsWith('node:'))).toHaveLength(
      3,
    );
    expect(loaded).toContain('node:child_process');
    expect(loaded.filter((url) => /^node:(_http_|_tls_|https?$|tls$|zlib$|crypto$)/.test(url))).toEqual([]);
  });

  test('for the version two files', () => {
    const loaded = loadedBy(['--version']).filter((url) => !url.startsWith('node:'));
    expect(loaded).toEqual(['bin/tacho.js', 'dist/cli/process-io.cjs']);
  });
});
