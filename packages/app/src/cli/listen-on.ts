import type { Listening, Tacho } from '../server/open.ts';

/** Where people find the page as a rule: bookmarks stay good as long as nobody else takes it. */
export const DEFAULT_PORT = 7330;
/** Ports tried behind the default one. */
const TRIES = 20;

/** Listens where it was asked to; without a wish, on the default port or the next free one. Throws PortTakenError. */
export async function listenOn(tacho: Tacho, port: number | undefined, host: string): Promise<Listening> {
  if (port !== undefined) return tacho.listen({ port, host });
  for (let next = DEFAULT_PORT; ; next++) {
    try {
      return await tacho.listen({ port: next, host });
    } catch (error) {
      const taken = error instanceof Error && error.name === 'PortTakenError';
      if (!taken || next >= DEFAULT_PORT + TRIES) throw error;
    }
  }
}
