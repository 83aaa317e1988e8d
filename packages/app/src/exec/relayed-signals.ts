import { isatty } from 'node:tty';
import type { MeasuredProcess } from './measured-process.ts';
import { statOf } from './process-stat.ts';

/** Signals that ask a program to end, or to do something. The others stop and resume, and do the right thing of themselves. */
export const RELAYED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
export type Relayed = (typeof RELAYED)[number];

/** What a terminal sends, it sends to everybody in the foreground. */
const FROM_TERMINAL: ReadonlySet<Relayed> = new Set(['SIGINT', 'SIGHUP', 'SIGQUIT']);

/**
 * Passes a signal on to the command, unless the command has got it itself: Ctrl-C reaches the whole foreground group of the
 * terminal, and a program that gets it twice takes it for impatience.
 */
export function relay(signal: Relayed, to: Pick<MeasuredProcess, 'kill'>): void {
  if (FROM_TERMINAL.has(signal) && inForeground()) return;
  to.kill(signal);
}

function inForeground(): boolean {
  const stat = statOf('self');
  if (stat !== undefined) return stat.foregroundGroup === stat.group;
  // Without /proc: as good as certain where any of the three is a terminal.
  return [0, 1, 2].some((fd) => isatty(fd));
}
