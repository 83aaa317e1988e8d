import type { Listening, Tacho } from '../server/open.ts';
import { CliError, EXIT } from './cli-error.ts';

/** Where people find the page as a rule: bookmarks stay good as long as nobody else takes it. */
export const DEFAULT_PORT = 7330;
/** Ports tried behind the default one. */
const TRIES = 20;

/** Listens where it was asked to; without a wish, on the default port or the next free one. */
export async function listenOn(tacho: Tacho, port: number | undefined, host: string): Promise<Listening> {
  for (let next = port ?? DEFAULT_PORT; ; next++) {
    try {
      return await tacho.listen({ port: next, host });
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (port !== undefined || next >= DEFAULT_PORT + TRIES) {
        throw new CliError(
          EXIT.environment,
          `Port ${next} on ${host} is taken by another program.`,
          'Choose another one with --port, or --port 0 for any free one.',
        );
      }
    }
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'PortTakenError' || (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
