import { type ProcessorTime, parseStat } from './process-stat.ts';

/**
 * A shell that runs a command and says what it used: `times` is in every POSIX shell, and its second line counts exactly the
 * children that were waited for, which is this command's tree and nothing else. Descriptor 3 takes the report: the command's
 * process number first, its times at the end.
 *
 * - The trap that does nothing keeps the shell waiting for a command that a signal ends; the command itself gets the
 *   signal's default back, as every program that is started does.
 * - The inner shell becomes the command, so that the number it says is the command's own.
 * - What a shell says about the end of its children ("Killed") is not the command's output: it goes nowhere.
 * - On Linux it also says its own line of /proc, in which its child's page faults are.
 */
const SCRIPT = `trap : HUP INT QUIT TERM USR1 USR2
exec 4>&2 2>/dev/null
sh -c 'echo $$ >&3; exec "$@" 2>&4 3>&- 4>&-' sh "$@"
code=$?
times >&3
read -r stat </proc/self/stat && echo "$stat" >&3
exit $code`;

/** The report's descriptor. */
export const REPORT_FD = 3;

export function underShell(argv: readonly string[]): [string, string[]] {
  return ['sh', ['-c', SCRIPT, 'sh', ...argv]];
}

/** The command's process number, once the shell has said it. */
export function pidIn(report: string): number | undefined {
  const line = /^(\d+)\n/.exec(report)?.[1];
  return line === undefined ? undefined : Number(line);
}

/** The times of the command's tree; undefined when the shell was killed before it could say them. */
export function timesIn(report: string): ProcessorTime | undefined {
  const lines = [...report.matchAll(/^(\d+)m([\d.,]+)s (\d+)m([\d.,]+)s$/gm)];
  const children = lines[1];
  if (children === undefined) return undefined;
  const [, userMinutes, userSeconds, systemMinutes, systemSeconds] = children;
  return {
    userS: secondsOf(userMinutes!, userSeconds!),
    systemS: secondsOf(systemMinutes!, systemSeconds!),
  };
}

/** The page faults of the command's tree; undefined where there is no /proc. */
export function faultsIn(report: string): number | undefined {
  const line = /^\d+ \(.*/m.exec(report)?.[0];
  return line === undefined ? undefined : parseStat(line)?.faultsWaited;
}

/** bash writes the decimal mark of the language that is set. */
function secondsOf(minutes: string, seconds: string): number {
  return Number(minutes) * 60 + Number(seconds.replace(',', '.'));
}
