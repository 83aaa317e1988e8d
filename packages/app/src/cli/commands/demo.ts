import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, EXIT, type ExitCode } from '../cli-error.ts';
import { type Command, HOME_OPTION } from '../command.ts';
import { runningServer, type ServerConnection } from '../connection.ts';
import { runDemo } from '../demo-process.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { DEFAULT_PORT, listenOn } from '../listen-on.ts';
import { openPage } from '../open-page.ts';
import { userTable } from '../price-table.ts';
import { coloursFor } from '../render/colours.ts';
import { plainLine } from '../render/plain.ts';

/** How long the end of the run may take to arrive in the store, once the program has ended. */
const ARRIVAL_MS = 15_000;

export const demo: Command = {
  name: 'demo',
  summary: 'run and record a program with 35 agents, and watch it live',
  options: [
    {
      flags: '--speed <n>',
      description: 'how many times faster than real life (default: 1, about 80 seconds)',
    },
    { flags: '--exit', description: 'end when the run has ended, instead of showing it on' },
    {
      flags: '--port <n>',
      description: `port of the server that is started (default: ${DEFAULT_PORT}, or the next free one)`,
    },
    { flags: '--no-open', description: 'do not open the page in a browser' },
    HOME_OPTION,
  ],
  examples: [
    ['tacho demo', 'watch nine agents at once, fifteen in turn, ten at once, and one'],
    ['tacho demo --speed 4', 'the same in twenty seconds'],
  ],
  notes:
    'The program is real and records itself as yours would; only its models are played, so it costs nothing.\n' +
    'Where a server runs already, the run appears there. Its files lie in the folder demo of the home, never in yours.',
  async run(args, io) {
    const home = tachoHome(args.text('home'), io.env);
    const speed = args.number('speed', { min: 0.01, max: 1000 }) ?? 1;
    const port = args.number('port', { min: 0, max: 65_535, whole: true });
    const running = await runningServer(home);
    if (running) return besideServer(running, home, speed, args.unlessNo('open'), io);
    const { openTacho } = await import('../../server/open.ts');
    const folder = join(home, 'demo');
    mkdirSync(folder, { recursive: true });
    const onProblem = (message: string): void => io.err(`tacho: ${plainLine(message)}\n`);
    const prices = await userTable(args, io);
    const tacho = await openTacho({
      home,
      watch: [folder],
      onProblem,
      ...(prices && { priceTable: prices.table }),
    });
    try {
      const { url } = await listenOn(tacho, port, '127.0.0.1');
      io.out(`Watch it live at ${coloursFor(io).bold(coloursFor(io).cyan(url))}\n`);
      const following = tacho.follow().catch((error) => onProblem(`following stopped: ${String(error)}`));
      if (args.unlessNo('open')) await openPage(url, io);
      const code = await play({ speed, folder }, (path) => tacho.fetch(new Request(new URL(path, url))), io);
      await following;
      if (args.flag('exit') || io.signal.aborted || code !== EXIT.done) return code;
      io.out('The run has ended. Ctrl-C stops the server.\n');
      await new Promise<void>((wake) => io.signal.addEventListener('abort', () => wake(), { once: true }));
      return EXIT.done;
    } finally {
      await tacho.close();
    }
  },
};

/** Records to the running server; the files lie in the home, not among the user's own runs. */
async function besideServer(
  server: ServerConnection,
  home: string,
  speed: number,
  open: boolean,
  io: Io,
): Promise<ExitCode> {
  io.out(`Watch it live at ${coloursFor(io).bold(coloursFor(io).cyan(server.url))}\n`);
  if (open) await openPage(server.url, io);
  const folder = join(home, 'demo');
  mkdirSync(folder, { recursive: true });
  const where = { folder, url: server.url, ...(server.token !== undefined && { token: server.token }) };
  return play({ speed, ...where }, server.fetch, io);
}

async function play(
  options: Parameters<typeof runDemo>[0],
  fetch: (path: string) => Promise<Response>,
  io: Io,
): Promise<ExitCode> {
  const { runId, ended } = runDemo(options, io);
  const id = await runId;
  if (id !== undefined) io.out(`Run ${id}\n`);
  const code = await ended;
  if (io.signal.aborted) return EXIT.done;
  if (code !== 0 || id === undefined)
    throw new CliError(EXIT.environment, `The demo's program ended with code ${code ?? 'none'}.`);
  if (!(await arrives(fetch, id, io.signal)))
    throw new CliError(
      EXIT.environment,
      'The run did not arrive in the store.',
      '`tacho doctor` may know why.',
    );
  return EXIT.done;
}

async function arrives(
  fetch: (path: string) => Promise<Response>,
  runId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + ARRIVAL_MS;
  while (performance.now() < deadline && !signal.aborted) {
    const answer = await fetch(`/api/runs/${encodeURIComponent(runId)}`);
    const run = answer.ok ? ((await answer.json()) as { status: string }) : undefined;
    if (run !== undefined && run.status !== 'running') return true;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  return signal.aborted;
}
