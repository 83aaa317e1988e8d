import { access, constants, mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { readableFormats } from '../sources/recognise.ts';
import { SessionOffers } from '../sources/tool-sessions.ts';
import type { Connection } from './connection.ts';
import { DEFAULT_PORT } from './listen-on.ts';
import { bytes, count, plural, time } from './render/figures.ts';

/** One thing Tacho needs. `hint` says what to do when it is not in order. */
export type Check = { name: string; status: 'ok' | 'warn' | 'fail'; message: string; hint?: string };

export type CheckFacts = {
  readonly home: string;
  readonly watch: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opened, or the error with which it could not be. */
  readonly connection: Connection | Error;
};

const GB = 1e9;

/** Everything that is checked, in the order in which it is shown. */
export const CHECKS: readonly ((facts: CheckFacts) => Promise<Check[]>)[] = [
  node,
  home,
  disk,
  store,
  port,
  page,
  watchedFolders,
  formats,
  sessions,
];

async function node(): Promise<Check[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const message = `Node.js ${process.versions.node} on ${platform()} ${arch()}`;
  if (major > 20 || (major === 20 && minor >= 19)) return [{ name: 'node', status: 'ok', message }];
  return [{ name: 'node', status: 'fail', message, hint: 'Install Node.js 20.19 or later.' }];
}

async function home({ home: folder }: CheckFacts): Promise<Check[]> {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return [{ name: 'home', status: 'ok', message: `${folder} can be written` }];
  } catch (error) {
    const hint = 'Make it writable, or name another folder with --home or TACHO_HOME.';
    return [{ name: 'home', status: 'fail', message: `${folder}: ${messageOf(error)}`, hint }];
  }
}

async function disk({ home: folder }: CheckFacts): Promise<Check[]> {
  const found = await statfs(folder).catch(() => undefined);
  if (!found) return [];
  const free = found.bavail * found.bsize;
  const message = `${bytes(free)} free where the store is`;
  if (free > 2 * GB) return [{ name: 'disk', status: 'ok', message }];
  const hint = 'Free some space, or move the store: --home or TACHO_HOME.';
  return [{ name: 'disk', status: free > 0.2 * GB ? 'warn' : 'fail', message, hint }];
}

async function store({ connection }: CheckFacts): Promise<Check[]> {
  if (connection instanceof Error) return [{ name: 'store', status: 'fail', message: connection.message }];
  const answer = await connection.fetch('/api/runs?limit=1');
  if (!answer.ok)
    return [{ name: 'store', status: 'fail', message: `the run list answered ${answer.status}` }];
  const { total } = (await answer.json()) as { total: number };
  const { health } = connection;
  const size = (await stat(health.store).catch(() => undefined))?.size;
  const checks: Check[] = [
    {
      name: 'store',
      status: 'ok',
      message: `${plural(total, 'run')} in ${health.store}${size === undefined ? '' : ` (${bytes(size)})`}`,
    },
  ];
  if (health.problem !== undefined) {
    const hint = 'What was not stored is sent again by itself once this is over.';
    checks.push({ name: 'store', status: 'fail', message: health.problem, hint });
  }
  return checks;
}

async function port({ connection }: CheckFacts): Promise<Check[]> {
  if (!(connection instanceof Error) && connection.url !== undefined) {
    const message = `a server runs at ${connection.url} (pid ${connection.health.pid}, version ${connection.health.version})`;
    return [{ name: 'server', status: 'ok', message }];
  }
  const free = await isFree(DEFAULT_PORT);
  if (free) return [{ name: 'port', status: 'ok', message: `no server runs; port ${DEFAULT_PORT} is free` }];
  const hint = 'The next free port is taken instead; --port chooses one.';
  return [
    { name: 'port', status: 'warn', message: `port ${DEFAULT_PORT} is taken by another program`, hint },
  ];
}

async function page({ connection }: CheckFacts): Promise<Check[]> {
  if (connection instanceof Error) return [];
  const answer = await connection.fetch('/');
  await answer.body?.cancel();
  if (answer.ok) return [{ name: 'page', status: 'ok', message: 'the dashboard is there' }];
  const hint = 'Run `npm run build` in the repository, or install the package again.';
  return [{ name: 'page', status: 'fail', message: 'the dashboard is not built', hint }];
}

async function watchedFolders({ connection, watch }: CheckFacts): Promise<Check[]> {
  const followed =
    connection instanceof Error || connection.url === undefined ? watch : connection.health.watching;
  return Promise.all(
    followed.map(async (folder): Promise<Check> => {
      const found = await stat(folder).catch(() => undefined);
      if (!found)
        return { name: 'watch', status: 'ok', message: `${folder} is not there yet; it is waited for` };
      if (!found.isDirectory()) {
        const hint = 'Watch the folder it is in.';
        return { name: 'watch', status: 'fail', message: `${folder} is no folder`, hint };
      }
      const readable = await access(folder, constants.R_OK).then(
        () => true,
        () => false,
      );
      if (readable) return { name: 'watch', status: 'ok', message: `${folder} can be read` };
      return {
        name: 'watch',
        status: 'fail',
        message: `${folder} cannot be read`,
        hint: 'Change its permissions.',
      };
    }),
  );
}

async function formats(): Promise<Check[]> {
  const { FORMATS } = await import('@tacho/trace/formats/index');
  const writable = FORMATS.filter((format) => format.write !== undefined);
  const names = (list: readonly { name: string }[]): string => list.map((format) => format.name).join(', ');
  return [
    {
      name: 'formats',
      status: 'ok',
      message: `reads ${names(readableFormats())}; writes ${names(writable)}`,
    },
  ];
}

async function sessions({ env }: CheckFacts): Promise<Check[]> {
  const offers = await new SessionOffers(env).list();
  if (offers.length === 0)
    return [{ name: 'sessions', status: 'ok', message: 'no sessions of other tools here' }];
  return offers.map(({ title, path, files, bytes: size, newestUs }) => ({
    name: 'sessions',
    status: 'ok',
    message: `${title}: ${count(files)} files in ${path} (${bytes(size)}, newest ${time(newestUs)})`,
  }));
}

function isFree(wanted: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
