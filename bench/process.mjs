// One bench in a process of its own: `scripts/bench.mjs` forks it with the name of a file, and is sent the figures.
const [name] = process.argv.slice(2);
const module = await import(`./${name}.mjs`);
const figures = [];
for (const [exported, measure] of Object.entries(module)) {
  if (exported.startsWith('bench')) figures.push(...(await measure()));
}
process.send(figures, () => process.exit(0));
