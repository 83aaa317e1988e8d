// What an import costs: transcripts of Claude Code and telemetry.jsonl, first and again.
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openTacho } from '../packages/app/dist/server/open.js';
import { importPaths } from '../packages/app/dist/sources/import.js';
import { filesIn, parseEveryLine, telemetryFile, transcripts } from './corpus.mjs';
import { alternate, atMost } from './figure.mjs';
import { inFolder, runTacho, timed } from './tacho.mjs';

const TRANSCRIPT_BYTES = 35e6;
/** About 48 MB. */
const TELEMETRY_SPANS = 60_000;
const ROUNDS = 5;

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchImport() {
  return inFolder(async (folder) => {
    const { config } = transcripts(folder, TRANSCRIPT_BYTES);
    const projects = join(config, 'projects');
    const logs = join(folder, 'logs');
    telemetryFile(logs, 'bench', TELEMETRY_SPANS);
    const home = join(folder, 'home');
    const inProcess = await alternate(
      {
        transcripts: () => importHere(projects, home),
        parsedTranscripts: () => parseEveryLine(filesIn(projects)),
        telemetry: () => importHere(logs, home),
        parsedTelemetry: () => parseEveryLine(filesIn(logs)),
      },
      ROUNDS,
    );
    const figures = [
      atMost({
        name: 'import: 35 MB of transcripts, first time, in a warm process',
        unit: 'ms',
        ours: inProcess.transcripts,
        beside: inProcess.parsedTranscripts,
        besideName: 'JSON.parse of every line',
        maxRatio: 2,
      }),
      atMost({
        name: 'import: 48 MB of telemetry.jsonl (60 000 spans), first time, in a warm process',
        unit: 'ms',
        ours: inProcess.telemetry,
        beside: inProcess.parsedTelemetry,
        besideName: 'JSON.parse of every line',
        maxRatio: 2,
      }),
    ];
    return [...figures, ...(await besideCcusage(projects, config, home))];
  });
}

/** Imports into a new store; milliseconds until everything is durable. */
async function importHere(path, home) {
  rmSync(home, { recursive: true, force: true });
  const tacho = await openTacho({ home });
  const started = performance.now();
  const { records } = await importPaths([path], { sink: tacho.sink });
  const ms = performance.now() - started;
  await tacho.close();
  if (records === 0) throw new Error(`nothing was imported from ${path}`);
  return ms;
}

/** ccusage's own program, without the script that looks for it: undefined where there is none for this machine. */
function ccusageProgram() {
  const name = `@ccusage/ccusage-${process.platform}-${process.arch}`;
  try {
    const program = createRequire(import.meta.url).resolve(
      `${name}/bin/ccusage${process.platform === 'win32' ? '.exe' : ''}`,
    );
    // As its own script does at its first run: the package does not say that it is a program.
    chmodSync(program, 0o755);
    return program;
  } catch {
    console.error(`  ${name} is not installed: the imports are measured without a rival`);
    return undefined;
  }
}

async function besideCcusage(projects, config, home) {
  const program = ccusageProgram();
  if (program === undefined) return [];
  const rival = ['claude', 'daily', '--json', '--offline'];
  // HOME as well: it would read other agents' logs of the person who measures.
  const env = { CLAUDE_CONFIG_DIR: config, HOME: config };
  const again = join(home, '..', 'again');
  await runTacho(['import', projects, '--home', again]);
  const ms = await alternate(
    {
      first: async () => {
        rmSync(home, { recursive: true, force: true });
        return (await runTacho(['import', projects, '--home', home])).ms;
      },
      again: async () => (await runTacho(['import', projects, '--home', again])).ms,
      totals: async () => (await runTacho(['runs', '--json', '--limit', '1000', '--home', again])).ms,
      ccusage: async () => (await timed(program, rival, { env })).ms,
    },
    ROUNDS,
    1,
  );
  const beside = { unit: 'ms', beside: ms.ccusage, besideName: 'ccusage 20, which counts tokens only' };
  return [
    atMost({
      name: 'tacho import: 35 MB of transcripts, first time',
      ours: ms.first,
      maxRatio: 3,
      ...beside,
    }),
    atMost({ name: 'tacho import: the same folder, unchanged', ours: ms.again, maxRatio: 1, ...beside }),
    atMost({
      name: 'tacho runs: totals of all sessions from the store',
      ours: ms.totals,
      maxRatio: 1,
      ...beside,
    }),
  ];
}
