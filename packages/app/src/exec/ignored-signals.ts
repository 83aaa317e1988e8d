import { constants } from 'node:os';
import { basename } from 'node:path';
import { procText } from './proc-file.ts';
import { statOf } from './process-stat.ts';

/**
 * Signals that were ignored when this process began, as far as it can be known: Node gives all of them back their default
 * before any program of its own runs. What ignores them is nearly always still there: the shell whose `trap '' INT` it is,
 * or the program that `nohup` became, in the shell's `_`.
 */
export function ignoredAtStart(
  env: Readonly<Record<string, string | undefined>>,
): ReadonlySet<NodeJS.Signals> {
  const ignored = new Set<NodeJS.Signals>();
  if (basename(env._ ?? '') === 'nohup' && !isInherited(`_=${env._}`)) ignored.add('SIGHUP');
  const parent = statOf(process.ppid);
  const status = procText(`/proc/${process.ppid}/status`);
  if (parent === undefined || status === undefined) return ignored;
  const sameGroup = statOf('self')?.group === parent.group;
  for (const signal of ignoredByParent(status, sameGroup)) ignored.add(signal);
  return ignored;
}

/** The parent began with it too: whoever was run by nohup is further above, and the parent ignores what it still has from there. */
function isInherited(variable: string): boolean {
  return procText(`/proc/${process.ppid}/environ`)?.split('\0').includes(variable) === true;
}

const SHELL = /^(ba|da|a|z|k|mk|pdk|ya)?sh$|^busybox$|^ksh93$/;

/**
 * What a parent ignores and its children do too. Programs ignore Ctrl-C for themselves while they wait for a child, shells
 * only when told; a shell that people type into ignores SIGTERM for itself, and gives each command a group of its own; and
 * every bash ignores SIGQUIT for itself, so that of this one nothing can be said.
 */
export function ignoredByParent(status: string, sameGroup: boolean): NodeJS.Signals[] {
  const name = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? '';
  const mask = BigInt(`0x${/^SigIgn:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const passedOn: NodeJS.Signals[] = !SHELL.test(name)
    ? ['SIGHUP']
    : ['SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', ...(sameGroup ? (['SIGTERM'] as const) : [])];
  return passedOn.filter((signal) => (mask >> BigInt(constants.signals[signal] - 1)) & 1n);
}

/** The command as a shell starts it that ignores signals: it becomes the command, which then ignores them too. */
export function ignoring(
  signals: ReadonlySet<NodeJS.Signals>,
  argv: readonly string[],
): [program: string, ...args: string[]] {
  const names = [...signals].map((signal) => signal.slice('SIG'.length)).join(' ');
  return ['sh', '-c', `trap '' ${names}; exec "$@"`, 'sh', ...argv];
}
