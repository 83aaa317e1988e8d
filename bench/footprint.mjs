// What Tacho takes while nothing happens: time to start, memory, and bytes on disk.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { telemetryFile } from './corpus.mjs';
import { atMost, median, within } from './figure.mjs';
import { inFolder, residentMb, runTacho, serveTacho } from './tacho.mjs';

const STARTS = 5;
const SPANS = 60_000;
const demo = fileURLToPath(new URL('../packages/app/dist/demo/program.js', import.meta.url));

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchFootprint() {
  return inFolder(async (folder) => [
    await startFigure(folder),
    ...(await memoryFigures(folder)),
    await diskFigure(folder),
  ]);
}

/** From the command to the page's own answer. */
async function startFigure(folder) {
  const times = [];
  for (let start = 0; start < STARTS; start++) {
    const started = performance.now();
    const server = await serveTacho({ home: join(folder, 'start') });
    const page = await (await fetch(server.url)).text();
    const script = /src="([^"]+\.js)"/.exec(page)?.[1];
    await (await fetch(new URL(script, server.url))).arrayBuffer();
    await (await fetch(`${server.url}/api/runs`)).json();
    times.push(performance.now() - started);
    await server.stop();
  }
  return within({
    name: 'tacho serve: command to a usable page',
    unit: 'ms',
    ours: median(times),
    limit: 2000,
  });
}

/** Memory that is let go comes back to the system within ten seconds. */
const SETTLE_MS = 15_000;

/** Resident memory of the server when it has just started, and after it followed a run of 35 agents and nobody looks. */
async function memoryFigures(folder) {
  const logs = join(folder, 'logs');
  const server = await serveTacho({ home: join(folder, 'memory'), watch: logs });
  try {
    await new Promise((wake) => setTimeout(wake, 2000));
    const fresh = residentMb(server.pid);
    if (fresh === undefined) {
      console.error('  no /proc here: memory is not measured');
      return [];
    }
    const program = spawn(process.execPath, [demo, '20', logs], { stdio: 'ignore' });
    await once(program, 'close');
    await (await fetch(`${server.url}/api/runs`)).json();
    await new Promise((wake) => setTimeout(wake, SETTLE_MS));
    const used = residentMb(server.pid);
    const limit = { unit: 'MB', limit: 150 };
    return [
      within({ name: 'tacho serve: idle memory after the start', ours: fresh, ...limit }),
      within({ name: 'tacho serve: idle memory after a demo run', ours: used, ...limit }),
    ];
  } finally {
    await server.stop();
  }
}

async function diskFigure(folder) {
  const file = telemetryFile(join(folder, 'imported'), 'bench', SPANS);
  const home = join(folder, 'disk');
  await runTacho(['import', file, '--home', home]);
  const stored = readdirSync(home).reduce((sum, name) => sum + statSync(join(home, name)).size, 0);
  return atMost({
    name: 'store: bytes on disk for a span, payloads included',
    unit: 'bytes/span',
    ours: stored / SPANS,
    beside: statSync(file).size / SPANS,
    besideName: 'the telemetry.jsonl it came from',
    maxRatio: 1 / 5,
  });
}
