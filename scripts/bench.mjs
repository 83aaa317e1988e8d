// `npm run bench [-- --json] [-- NAME …]`: the performance figures, each beside its rival or limit in the same run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './workspace.mjs';

ensureInstalled();
ensureBuilt();
const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const folder = join(root, 'bench');
const measuring = readdirSync(folder)
  .filter((file) => /^export (async )?function bench/m.test(readFileSync(join(folder, file), 'utf8')))
  .map((file) => file.replace('.mjs', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .sort();
for (const name of wanted) {
  if (measuring.includes(name)) continue;
  console.error(`There is no bench "${name}" in bench/.`);
  process.exit(2);
}
const figures = [];
for (const name of measuring) {
  const started = performance.now();
  console.error(`measuring ${name} …`);
  const measured = await measure(name);
  console.error(`  took ${((performance.now() - started) / 1000).toFixed(0)} s`);
  figures.push(...measured);
  if (!json) for (const figure of measured) console.log(lineOf(figure));
}
if (json) console.log(JSON.stringify({ figures }, null, 2));

/** Every bench has a process of its own: what one leaves in memory must not slow the next. */
async function measure(name) {
  const child = fork(join(folder, 'process.mjs'), [name], { stdio: ['ignore', 2, 2, 'ipc'] });
  let measured;
  child.on('message', (message) => {
    measured = message;
  });
  const [code] = await once(child, 'exit');
  if (code === 0 && measured !== undefined) return measured;
  console.error(`measuring ${name} failed`);
  process.exit(1);
}

function lineOf({ name, unit, ours, beside, besideName, ratio, goal, holds }) {
  const number = (value) =>
    value === null || value === undefined ? '–' : Number(value.toPrecision(4)).toLocaleString('en');
  const verdict = holds === null ? '      ' : holds ? 'holds ' : 'MISSED';
  const rival = beside === null ? '' : `   beside ${besideName}: ${number(beside)}   ratio ${number(ratio)}`;
  return `${verdict}  ${name}: ${number(ours)} ${unit}${rival}   goal ${goal}`;
}
