import type { GrpcListening, Listening, Tacho } from '../server/open.ts';
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

/** Only where it was asked to: clients of OTLP are told one port, and would not find the next one. */
export async function listenGrpcOn(tacho: Tacho, port: number, host: string): Promise<GrpcListening> {
  try {
    return await tacho.listenGrpc({ port, host });
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new CliError(
      EXIT.environment,
      `Port ${port} on ${host} is taken by another program, perhaps an OpenTelemetry Collector.`,
      'Choose another one with --otlp-grpc PORT, and tell the programs: OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'PortTakenError' || (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
