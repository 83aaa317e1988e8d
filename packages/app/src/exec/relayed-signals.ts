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

type TakeSignals = (signals: readonly Relayed[], handler: (signal: Relayed) => void) => () => void;

/** The signals of this process while a command is run in its place: those that come before it has begun wait for it. */
export class CommandSignals {
  /** All that came. */
  readonly asked = new Set<Relayed>();
  readonly #early: Relayed[] = [];
  readonly #giveBack: () => void;
  #command: Pick<MeasuredProcess, 'kill'> | undefined;

  constructor(takeSignals: TakeSignals) {
    this.#giveBack = takeSignals(RELAYED, (signal) => {
      this.asked.add(signal);
      if (this.#command) relay(signal, this.#command);
      else this.#early.push(signal);
    });
  }

  /** The command has begun. What came before did not reach it, from wherever it came. */
  begin(command: Pick<MeasuredProcess, 'kill'>): void {
    this.#command = command;
    for (const signal of this.#early.splice(0)) command.kill(signal);
  }

  /** From now on they are this process's own again. */
  giveBack(): void {
    this.#giveBack();
  }
}

function inForeground(): boolean {
  const stat = statOf('self');
  if (stat !== undefined) return stat.foregroundGroup === stat.group;
  // Without /proc: as good as certain where any of the three is a terminal.
  return [0, 1, 2].some((fd) => isatty(fd));
}
