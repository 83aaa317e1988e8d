import type { ApiError } from '@tacho/trace/wire/runs';
import { CliError, EXIT } from './cli-error.ts';

const CODES: Readonly<Record<number, 2 | 3>> = { 400: EXIT.usage, 404: EXIT.input };

/** The server's error as one of the command line. */
export async function problemIn(answer: Response): Promise<CliError> {
  const body = (await answer.json().catch(() => undefined)) as ApiError | undefined;
  return new CliError(
    CODES[answer.status] ?? EXIT.environment,
    body?.error?.message ?? `Tacho answered ${answer.status} ${answer.statusText}.`,
    body?.error?.hint,
  );
}
