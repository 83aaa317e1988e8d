import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

export type ListenOptions = { port: number; host: string };
export type Listening = { port: number; close(): Promise<void> };

/** The port is taken by somebody else. */
export class PortTakenError extends Error {
  readonly port: number;
  constructor(port: number, host: string) {
    super(`Port ${port} on ${host} is taken. Choose another one with --port, or --port 0 for any free one.`);
    this.name = 'PortTakenError';
    this.port = port;
  }
}

/** Opens the port. The only place that knows there is one. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  options: ListenOptions,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch }) as Server;
  // A client that dribbles its headers must not hold a connection for ever; bodies may be large and slow.
  server.headersTimeout = 15_000;
  server.requestTimeout = 300_000;
  server.listen(options.port, options.host);
  // `once` rejects when the other event, 'error', comes first.
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new PortTakenError(options.port, options.host) : error;
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
