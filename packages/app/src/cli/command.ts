import type { Arguments } from './arguments.ts';
import type { ExitCode } from './cli-error.ts';
import type { Io } from './io.ts';

/** An option as commander writes it: `-o, --output <file>`, `--no-open`. */
export type OptionSpec = {
  readonly flags: string;
  readonly description: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
};

/** One command: a file in commands/ and a line in commands.ts. Commands never import commands. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments: `<path...>`, `[run]`. */
  readonly arguments?: string;
  readonly options: readonly OptionSpec[];
  /** Options end at the first argument: all that follows is the arguments', `--` or not. */
  readonly optionsFirst?: boolean;
  /** Lines shown under `--help`: what to type, and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** What else `--help` has to say. */
  readonly notes?: string;
  /** Throws CliError for whatever ends it early; everything it opens it also closes. */
  run(args: Arguments, io: Io): Promise<ExitCode>;
}

/** The option that every command about stored runs has. */
export const HOME_OPTION: OptionSpec = {
  flags: '--home <dir>',
  description: "folder of Tacho's store (default: TACHO_HOME, else the platform's data folder)",
};
export const JSON_OPTION: OptionSpec = {
  flags: '--json',
  description: 'print one JSON document, and nothing else, on standard output',
};
