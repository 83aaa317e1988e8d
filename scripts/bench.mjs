// `npm run bench [-- --json] [-- NAME …]`: the performance figures, each beside its rival or limit in the same run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root } from './workspace.mjs';

ensureInstalled();
ensureBuilt();
const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = readdirSync(join(root, 'bench'))
  // figure.mjs is what a figure is; every other file measures.
  .filter(
    (file) =>
      file.endsWith('.mjs') &&
      file !== 'figure.mjs' &&
      (wanted.length === 0 || wanted.some((name) => file.startsWith(name))),
  )
  .sort();
const figures = [];
for (const file of files) {
  console.error(`measuring ${file.replace('.mjs', '')} …`);
  const module = await import(pathToFileURL(join(root, 'bench', file)).href);
  for (const [name, measure] of Object.entries(module)) {
    if (!name.startsWith('bench')) continue;
    const measured = await measure();
    figures.push(...measured);
    if (!json) for (const figure of measured) console.log(lineOf(figure));
  }
}
if (json) console.log(JSON.stringify({ figures }, null, 2));
process.exit(0);

function lineOf({ name, unit, ours, beside, besideName, ratio, goal, holds }) {
  const number = (value) =>
    value === null || value === undefined ? '–' : Number(value.toPrecision(4)).toLocaleString('en');
  const verdict = holds === null ? '      ' : holds ? 'holds ' : 'MISSED';
  return `${verdict}  ${name}: ${number(ours)} ${unit}   beside ${besideName}: ${number(beside)}   ratio ${number(ratio)}   goal ${goal}`;
}
