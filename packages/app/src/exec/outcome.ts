import type { EndOptions } from '@tacho/trace';
import type { OutputTails } from './kept-output.ts';
import { type Ending, exitCodeOf, type Used } from './measured-process.ts';
import type { Relayed } from './relayed-signals.ts';

/** What a command used, by the names that spans of programs have everywhere here. Null where it is not known. */
export function usedAttributes(used: Used): Record<string, number | null> {
  return {
    cpu_user_s: used.cpuUserS,
    cpu_system_s: used.cpuSystemS,
    max_rss_bytes: used.maxRssBytes,
    peak_tree_rss_bytes: used.peakTreeRssBytes,
  };
}

export function endAttributes(ending: Ending, tails: OutputTails): Record<string, unknown> {
  return {
    ...(ending.signal === null ? { exit_code: ending.exitCode } : { signal: ending.signal }),
    wall_s: ending.wallS,
    ...usedAttributes(ending),
    ...(tails.output !== undefined && { output_tail: tails.output }),
    ...(tails.error !== undefined && { error_tail: tails.error }),
    ...(ending.leftRunning > 0 && { left_running: ending.leftRunning }),
  };
}

/** Status and error of a command that ended. `asked` are the signals that somebody sent while it ran. */
export function outcomeOf(ending: Ending, asked: ReadonlySet<Relayed>): Pick<EndOptions, 'status' | 'error'> {
  if (ending.exitCode === 0) return { status: 'ok' };
  const code = exitCodeOf(ending);
  const stopped = [...asked].find((signal) => exitCodeOf({ exitCode: null, signal }) === code);
  if (stopped !== undefined)
    return {
      status: 'cancelled',
      error: { name: 'Signal', message: `The command was stopped by ${stopped}.` },
    };
  const error =
    ending.signal === null
      ? { name: 'ExitCode', message: `The command ended with exit code ${code}.` }
      : { name: 'Signal', message: `The command was ended by ${ending.signal}.` };
  return { status: 'error', error };
}
