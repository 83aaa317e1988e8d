import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import type { RunList } from '@tacho/trace/wire/runs';
import type { WatchAnswer } from '@tacho/trace/wire/watch';
import { storePath } from '../../store/store-path.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { type Connection, getJson, withConnection } from '../connection.ts';
import { findRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonLine } from '../render/json-text.ts';
import { plainLine } from '../render/plain.ts';
import { ScreenInPlace } from '../render/screen-in-place.ts';
import { watchChange, watchScreen } from '../render/watch-screen.ts';

const EVERY_MS = 1_000;

export const watch: Command = {
  name: 'watch',
  summary: 'show in the terminal what a run is doing, until it is over',
  arguments: '[run-or-folder]',
  options: [
    {
      flags: '--exit-on-stall',
      description: 'stop with exit code 1 as soon as work has stalled, or its process is gone',
    },
    { flags: '--once', description: 'say it once and stop' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho watch', 'the newest run'],
    ['tacho watch ./logs', 'the newest run of a folder that nobody follows'],
    ['tacho watch RUN --exit-on-stall || alert', 'tell somebody when it hangs'],
    ['tacho watch RUN --json', 'one line of JSON a second'],
  ],
  notes:
    'Exit code 0 when the run went well, 1 when it failed or was cut off, and with --exit-on-stall when it stalls.\n' +
    'Silence is compared with the same kind, tool and model in this run, then in earlier ones; else a model call may take\n' +
    '180 s, a tool 600 s, an agent 360 s. What waits for open work is not stalled.',
  async run(args, io) {
    const [typed] = args.positional;
    const options = {
      exitOnStall: args.flag('exitOnStall'),
      once: args.flag('once'),
      json: args.flag('json'),
    };
    const folder = typed === undefined ? undefined : await folderIn(resolve(io.cwd, typed));
    const home = tachoHome(args.text('home'), io.env);
    if (folder !== undefined) return watchFolder(folder, await usualTimesOf(home), options, io);
    return withConnection(home, async (connection) => {
      const runId =
        typed === undefined ? await waitForRun(connection, io, options) : await findRun(connection, typed);
      return runId === undefined ? EXIT.no : follow(connection, runId, options, io);
    });
  },
};

type Options = { exitOnStall: boolean; once: boolean; json: boolean };

async function folderIn(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile())
    throw new CliError(EXIT.usage, `${plainLine(path)} is a file: watch the folder that it lies in.`);
  return found?.isDirectory() ? path : undefined;
}

/** What the store of a home knows of how long calls take. None is made for it, and one that cannot be opened knows nothing. */
async function usualTimesOf(home: string): Promise<UsualTime[]> {
  if (!existsSync(storePath(home))) return [];
  const asked = (connection: Connection): Promise<{ times: UsualTime[] }> =>
    getJson(connection, '/api/usual');
  return withConnection(home, asked).then(
    ({ times }) => times,
    () => [],
  );
}

/** Follows a folder into a store that is gone afterwards: a server that runs need not know of it. */
async function watchFolder(
  folder: string,
  usual: readonly UsualTime[],
  options: Options,
  io: Io,
): Promise<ExitCode> {
  const { openTacho } = await import('../../server/open.ts');
  const home = await mkdtemp(join(tmpdir(), 'tacho-watch-'));
  try {
    const tacho = await openTacho({ home, watch: [folder], usual });
    try {
      await tacho.follow();
      await tacho.settle();
      const fetch = (path: string, init?: RequestInit): Promise<Response> =>
        tacho.fetch(new Request(new URL(path, 'http://localhost'), init));
      const connection = { fetch } as Connection;
      const runId = await waitForRun(connection, io, options);
      return runId === undefined ? EXIT.no : await follow(connection, runId, options, io);
    } finally {
      await tacho.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The newest run that goes on, else the newest of all; where there is none, the next one. */
async function waitForRun(connection: Connection, io: Io, { once }: Options): Promise<string | undefined> {
  let told = false;
  for (;;) {
    for (const filter of ['status=running&', '']) {
      const { runs } = await getJson<RunList>(
        connection,
        `/api/runs?${filter}sort=start&descending=true&limit=1`,
      );
      if (runs[0]) return runs[0].runId;
    }
    if (once)
      throw new CliError(
        EXIT.input,
        'There are no runs yet.',
        '`tacho demo` makes one, `tacho import PATH` reads some.',
      );
    if (!told) io.err('No runs yet; waiting for the first one …\n');
    told = true;
    if (!(await pause(io.signal))) return undefined;
  }
}

async function follow(connection: Connection, runId: string, options: Options, io: Io): Promise<ExitCode> {
  const screen = { columns: io.columns, colours: coloursFor(io) };
  const inPlace = io.interactive && !options.json ? new ScreenInPlace(io) : undefined;
  let before: WatchAnswer | undefined;
  for (;;) {
    const answer = await getJson<WatchAnswer>(connection, `/api/runs/${encodeURIComponent(runId)}/watch`);
    const { run, open } = answer;
    if (options.json) io.out(jsonLine(answer));
    else if (inPlace) inPlace.show(watchScreen(answer, screen));
    else if (before === undefined || options.once) io.out(watchScreen(answer, screen));
    // Where nothing can be drawn over, what has become worse is said once.
    else io.out(watchChange(before, answer));
    before = answer;
    const hangs = open.some(({ state }) => state === 'stalled' || state === 'dead');
    if (options.exitOnStall && hangs) return EXIT.no;
    if (run.status !== 'running') return run.status === 'ok' ? EXIT.done : EXIT.no;
    if (options.once) return EXIT.done;
    if (!(await pause(io.signal))) return EXIT.done;
  }
}

/** False when the person has had enough. */
function pause(signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((wake) => {
    const stop = (): void => {
      clearTimeout(timer);
      wake(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      wake(true);
    }, EVERY_MS);
    signal.addEventListener('abort', stop, { once: true });
  });
}
