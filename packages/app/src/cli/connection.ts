import type { Health } from '@tacho/trace/wire/runs';
import { announced } from '../server/announcement.ts';
import type { TachoOptions } from '../server/open.ts';
import type { RecordSink } from '../sources/record-sink.ts';
import { problemIn } from './api-problem.ts';
import { RemoteSink } from './remote-sink.ts';

/** A way to Tacho's data: the running server, or the store itself where none runs. Commands need not know which. */
export type Connection = {
  /** Address of the running server. */
  readonly url?: string;
  readonly health: Health;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  readonly sink: RecordSink;
  close(): Promise<void>;
};

/** The running server, with what a program needs to send to it. */
export type ServerConnection = Connection & { readonly url: string; readonly token?: string };

/** A server on this machine has this long to answer: it is busy with a large import at worst. */
const ANSWER_MS = 3_000;
/** A process that has just opened the store announces its server within this time. */
const STARTING_MS = 3_000;

/** How this process opens the store where no server runs, which has prices of its own. */
export type ConnectOptions = Pick<TachoOptions, 'priceTable' | 'importing'>;

/** Connects to the store in `home`. Throws StoreHeldError when another process has it and no server answers. */
export async function connect(home: string, options: ConnectOptions = {}): Promise<Connection> {
  const server = await runningServer(home);
  if (server) return server;
  const { openTacho } = await import('../server/open.ts');
  const deadline = performance.now() + STARTING_MS;
  for (;;) {
    try {
      const tacho = await openTacho({ home, ...options });
      // Without a server nobody else sees that a run's process is gone.
      if (!options.importing) await tacho.settle();
      const fetch = (path: string, init?: RequestInit): Promise<Response> =>
        tacho.fetch(new Request(new URL(path, 'http://localhost'), init));
      const health = (await (await fetch('/api/health')).json()) as Health;
      return { health, fetch, sink: tacho.sink, close: () => tacho.close() };
    } catch (error) {
      const held = error instanceof Error && error.name === 'StoreHeldError';
      const started = held ? await runningServer(home) : undefined;
      if (started) return started;
      if (!held || performance.now() > deadline) throw error;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
}

/** The announced server of this home, when it answers. */
export async function runningServer(home: string): Promise<ServerConnection | undefined> {
  const found = announced(home);
  if (!found) return undefined;
  const { url, token } = found;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, url), {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
    });
  try {
    const answer = await request('/api/health', { signal: AbortSignal.timeout(ANSWER_MS) });
    const health = (await answer.json()) as Health;
    if (!answer.ok || health.name !== 'tacho' || health.pid !== found.pid) return undefined;
    return {
      url,
      ...(token !== undefined && { token }),
      health,
      fetch: request,
      sink: new RemoteSink(request),
      close: async () => {},
    };
  } catch {
    // Not there any more: the announcement is of a process that was killed.
    return undefined;
  }
}

/** The JSON at a path; throws the server's own sentence when there is none. */
export async function getJson<T>(connection: Connection, path: string): Promise<T> {
  const answer = await connection.fetch(path);
  if (!answer.ok) throw await problemIn(answer);
  return (await answer.json()) as T;
}

/** Opens a connection for the length of `use`. */
export async function withConnection<T>(
  home: string,
  use: (connection: Connection) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const connection = await connect(home, options);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
