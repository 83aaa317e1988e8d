import { EXIT, type ExitCode, isCliError } from './cli-error.ts';

/** Errors that are sentences for a person, by name: to compare classes, all their modules would have to be loaded. */
const BY_NAME: Readonly<Record<string, ExitCode>> = {
  StoreHeldError: EXIT.environment,
  StoreVersionError: EXIT.environment,
  StoreTroubleError: EXIT.environment,
  StoreDamagedError: EXIT.environment,
  PortTakenError: EXIT.environment,
  ImportPathError: EXIT.input,
};

/** What the system refuses: its own words are clear enough. */
const SYSTEM = new Set([
  'EACCES',
  'EPERM',
  'ENOSPC',
  'EROFS',
  'EMFILE',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'ENOTDIR',
  'EIO',
  'EISDIR',
  'ENAMETOOLONG',
]);

/** The exit code an error asks for; undefined for one that nobody foresaw. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (isCliError(error)) return error.exitCode;
  if (!(error instanceof Error)) return undefined;
  if (Object.hasOwn(BY_NAME, error.name)) return BY_NAME[error.name];
  return SYSTEM.has((error as NodeJS.ErrnoException).code ?? '') ? EXIT.environment : undefined;
}
