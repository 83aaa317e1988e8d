// `npm run fuzz [-- MINUTES [PATTERN…]]`: the property tests, round after round, each with a new seed.
// The first fault ends it, with the command that shows the same fault again.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root } from './workspace.mjs';

ensureInstalled();
const [said = '10', ...patterns] = process.argv.slice(2);
const minutes = Number(said);
if (!(minutes > 0)) {
  console.error(`npm run fuzz takes the minutes it may last, as in "npm run fuzz -- 30"; it got "${said}".`);
  process.exit(2);
}

const files = ['packages/trace/src', 'packages/app/src', 'packages/web/src', 'tests']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)))
  .filter((file) => /\.test\.tsx?$/.test(file) && patterns.every((pattern) => file.includes(pattern)))
  .filter((file) => readFileSync(join(root, file), 'utf8').includes("from 'fast-check'"));
if (files.length === 0) {
  console.error(
    `No property test has ${patterns.map((pattern) => `"${pattern}"`).join(' and ')} in its path.`,
  );
  process.exit(2);
}

const end = Date.now() + minutes * 60_000;
let round = 0;
do {
  round += 1;
  const seed = randomInt(2 ** 31);
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules', '.bin', 'vitest'),
    ['run', '--reporter=dot', ...files],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      shell: process.platform === 'win32',
      env: { ...process.env, TACHO_TEST_SEED: String(seed) },
    },
  );
  if (status !== 0) {
    console.error(`${stdout}\n${stderr}\nThe same cases again: TACHO_TEST_SEED=${seed} npm test -- FILE`);
    process.exit(1);
  }
  console.log(
    `Round ${round}, seed ${seed}: ${files.length} files held, ${Math.round((Date.now() - started) / 1000)} s`,
  );
} while (Date.now() < end);
