// `npm test`: installs what is missing, a Chromium included, builds, then checks and tests everything.
// `npm test -- PATTERN` runs only the tests whose path matches.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './workspace.mjs';

ensureInstalled();
process.env.CHROMIUM = ensureChromium();
ensureBuilt();
const bin = (name) => join(root, 'node_modules', '.bin', name);
const patterns = process.argv.slice(2);
if (patterns.length === 0) {
  run(bin('biome'), ['check', '--error-on-warnings', '.']);
  run(bin('tsc'), ['-p', 'tsconfig.json']);
  run(bin('tsc'), ['-p', 'packages/web/tsconfig.json']);
}

const report = join(tmpdir(), `tacho-tests-${process.pid}.json`);
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const tests = spawnSync(bin('vitest'), ['run', ...reporters, ...patterns], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  console.log(
    `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`,
  );
}
process.exit(tests.status ?? 1);

/** The path of a Chromium: one that is there, else Debian's, else a sentence and the end. */
function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const mayInstall = process.getuid?.() === 0;
  if (mayInstall && spawnSync('apt-get', ['--version']).status === 0) {
    console.error('Installing Chromium for the browser tests …');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      },
    );
    const installed = findChromium();
    if (installed) return installed;
  }
  console.error(
    'The browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to the path of a Chrome or Chromium.',
  );
  process.exit(4);
}

function findChromium() {
  const named = process.env.CHROMIUM;
  if (named && existsSync(named)) return named;
  const fixed = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return fixed.find((path) => existsSync(path));
}
