/** 0 done, 1 the answer is no, 2 wrong usage, 3 bad input, 4 the environment (store, port, disk). */
export const EXIT = { done: 0, no: 1, usage: 2, input: 3, environment: 4 } as const;
/** The exit code of a command that was run for somebody, passed on. */
export type PassedOnCode = number & { readonly passedOn: true };
export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | PassedOnCode;

export function passedOn(code: number): PassedOnCode {
  return code as PassedOnCode;
}

/** Ends a command with a sentence for a person, what to do about it, and an exit code. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** By its name: in the build the commands load this file for themselves, and their class is another (decision 13). */
export function isCliError(error: unknown): error is CliError {
  return error instanceof Error && error.name === 'CliError';
}
