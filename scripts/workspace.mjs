// What the repository's commands share. Node's own modules only: these scripts run before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program with our own terminal; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (result.error) {
    console.error(`Could not start ${command}: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** What is installed and built on the way is not the answer of a command: its words go to stderr. */
const QUIET = { stdio: ['inherit', 2, 2] };

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Installs what package-lock.json names, when it is missing or older than the lock file. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Tacho needs Node 20.19 or later; this is ${process.version}.`);
    process.exit(1);
  }
  const installed = modified(join(root, 'node_modules', '.package-lock.json'));
  if (installed > 0 && installed >= modified(join(root, 'package-lock.json'))) return;
  console.error('Installing dependencies …');
  run('npm', ['ci', '--no-audit', '--no-fund'], QUIET);
}

function newestIn(folder, newest = 0) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = entry.isDirectory() ? Math.max(newest, newestIn(path)) : Math.max(newest, modified(path));
  }
  return newest;
}

const sources = ['packages/trace/src', 'packages/app/src', 'packages/web/src'];
const stamp = join(root, 'node_modules', '.tacho-build');
const outputs = [
  'packages/trace/dist/index.js',
  'packages/app/dist/cli/process-io.cjs',
  'packages/app/dist/web/index.html',
];

/** Builds all packages when a source is newer than the last build. */
export function ensureBuilt() {
  const built = outputs.every((output) => existsSync(join(root, output))) ? modified(stamp) : 0;
  const configs = [
    'package-lock.json',
    'tsconfig.base.json',
    'packages/web/index.html',
    'packages/web/vite.config.ts',
  ];
  const newest = Math.max(
    ...sources.map((folder) => newestIn(join(root, folder))),
    ...configs.map((file) => modified(join(root, file))),
  );
  if (built > newest) return;
  console.error('Building …');
  run(process.execPath, ['scripts/build.mjs'], QUIET);
}

export function stampBuild() {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, `${new Date().toISOString()}\n`);
}

export function packageVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}
