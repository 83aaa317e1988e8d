import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Listening, Tacho } from '../../server/open.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION } from '../command.ts';
import { runningServer } from '../connection.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { DEFAULT_PORT, listenGrpcOn, listenOn } from '../listen-on.ts';
import { openPage } from '../open-page.ts';
import { PRICE_TABLE_OPTION, userTable } from '../price-table.ts';
import { type Colours, coloursFor } from '../render/colours.ts';
import { bytes, count, time } from '../render/figures.ts';
import { plainLine } from '../render/plain.ts';

/** Where OTLP over gRPC is sent by default. */
const GRPC_PORT = 4317;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

export const serve: Command = {
  name: 'serve',
  summary: 'follow logs and show the live dashboard (what `tacho` alone does)',
  options: [
    {
      flags: '--port <n>',
      description: `port (default: ${DEFAULT_PORT}, or the next free one; 0: any free one)`,
    },
    {
      flags: '--host <address>',
      description: 'address to listen on (default: 127.0.0.1); any other needs a token',
    },
    {
      flags: '--watch <dir>',
      description: 'folder whose logs are followed; may be repeated (default: ./logs)',
      repeatable: true,
    },
    { flags: '--token <token>', description: 'what every request must bring; made for you with --host' },
    {
      flags: '--otlp-grpc [port]',
      description: `receive OTLP over gRPC as well, on a port of its own (default: ${GRPC_PORT})`,
    },
    {
      flags: '--redact',
      description: 'take secrets (known shapes of keys, named fields) out of everything that comes in',
    },
    PRICE_TABLE_OPTION,
    { flags: '--no-open', description: 'do not open the page in a browser' },
    HOME_OPTION,
  ],
  examples: [
    ['tacho', 'follow ./logs and open the dashboard'],
    ['tacho serve --watch ~/agents/logs --watch /var/log/agents', 'follow other folders'],
    ['tacho serve --port 0 --no-open', 'any free port, no browser'],
    ['tacho serve --host 0.0.0.0', 'be reached from other machines, by token'],
    ['tacho serve --otlp-grpc', 'receive OTLP over gRPC at port 4317, beside OTLP over HTTP'],
  ],
  async run(args, io) {
    const { openTacho } = await import('../../server/open.ts');
    const home = tachoHome(args.text('home'), io.env);
    const port = args.number('port', { min: 0, max: 65_535, whole: true });
    const grpcPort = args.flag('otlpGrpc')
      ? GRPC_PORT
      : args.number('otlpGrpc', { min: 0, max: 65_535, whole: true });
    const host = args.text('host') ?? '127.0.0.1';
    const token =
      args.text('token') ?? (LOOPBACK.has(host) ? undefined : randomBytes(18).toString('base64url'));
    const named = args.texts('watch');
    const watch = (named.length > 0 ? named : ['logs']).map((folder) => resolve(io.cwd, folder));
    const colours = coloursFor(io);
    const onProblem = (message: string): void =>
      io.err(`${colours.yellow('tacho:')} ${plainLine(message)}\n`);
    const prices = await userTable(args, io);
    const options = {
      home,
      watch,
      onProblem,
      ...(token !== undefined && { token }),
      ...(args.flag('redact') && { redact: true }),
      ...(prices && { priceTable: prices.table }),
    };
    const tacho = await openTacho(options).catch((error) => alreadyRunning(error, home));
    try {
      const listening = await listenOn(tacho, port, host);
      const grpc = grpcPort === undefined ? undefined : await listenGrpcOn(tacho, grpcPort, host);
      const page = pageOf(listening, token);
      say(io, colours, page, watch, [
        `${listening.url}/v1/traces`,
        ...(grpc ? [`${grpc.address} (gRPC)`] : []),
      ]);
      void tacho.follow().catch((error) => onProblem(`following stopped: ${String(error)}`));
      if (args.unlessNo('open')) await openPage(page, io);
      void sayOffers(tacho, token, io, colours).catch(() => {});
      await stopped(io.signal);
      if (io.interactive) io.err('\nStopping …\n');
    } finally {
      await tacho.close();
    }
    return EXIT.done;
  },
};

/** A second server on the same store cannot be; the first one's address is what was wanted. */
async function alreadyRunning(error: unknown, home: string): Promise<never> {
  const running =
    error instanceof Error && error.name === 'StoreHeldError' ? await runningServer(home) : undefined;
  if (!running) throw error;
  throw new CliError(
    EXIT.environment,
    `Tacho is running already: ${running.url} (pid ${running.health.pid}).`,
    `It follows ${running.health.watching.join(', ') || 'no folders'}. Stop it, or give this one another --home.`,
  );
}

function pageOf({ url }: Listening, token: string | undefined): string {
  return token === undefined ? url : `${url}/?token=${encodeURIComponent(token)}`;
}

function say(
  io: Io,
  colours: Colours,
  page: string,
  watch: readonly string[],
  otlp: readonly string[],
): void {
  io.out(`Tacho is running at ${colours.bold(colours.cyan(page))}\n`);
  for (const folder of watch) io.out(`  following ${plainLine(folder)}\n`);
  io.out(`  receiving OTLP at ${otlp.join(' and ')}\n`);
  io.out(`  Ctrl-C stops it; runs that are being recorded go on.\n`);
}

/** Sessions of other tools that are here: offered, never taken unasked. */
async function sayOffers(tacho: Tacho, token: string | undefined, io: Io, colours: Colours): Promise<void> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await tacho.fetch(new Request('http://localhost/api/offers', { headers }));
  const { offers } = (await answer.json()) as {
    offers: { title: string; path: string; files: number; bytes: number; newestUs: number }[];
  };
  for (const { title, path, files, bytes: size, newestUs } of offers) {
    io.out(`  found ${count(files)} files of ${title} (${bytes(size)}, newest ${time(newestUs)})\n`);
    io.out(colours.dim(`    to read them: the page's Import, or tacho import ${plainLine(path)}\n`));
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((wake) => signal.addEventListener('abort', () => wake(), { once: true }));
}
