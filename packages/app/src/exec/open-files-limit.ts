import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { procText } from './proc-file.ts';

/**
 * Gives this process, and so the command, the soft limit of open files back with which it was started: Node raises its own as
 * far as it may before any program runs. It is the parent's where the parent's hard limit is ours, too. Nothing in Node sets
 * a limit; prlimit(1) does, where it is installed.
 */
export async function restoreOpenFilesLimit(): Promise<void> {
  if (process.platform !== 'linux') return;
  const [own, parent] = [limitsOf('self'), limitsOf(process.ppid)];
  const soft = softToRestore(own, parent);
  if (soft === undefined) return;
  const args = ['--pid', String(process.pid), `--nofile=${soft}:`];
  try {
    await once(spawn('prlimit', args, { stdio: 'ignore' }), 'exit');
  } catch {
    // It is not there: the limit stays as Node made it.
  }
}

type Limits = { soft: string; hard: string } | undefined;

export function softToRestore(own: Limits, parent: Limits): string | undefined {
  // Raised to its end: what is lower was set by somebody.
  if (own === undefined || parent === undefined || own.soft !== own.hard || parent.hard !== own.hard)
    return undefined;
  return parent.soft === own.soft ? undefined : parent.soft;
}

function limitsOf(pid: number | 'self'): Limits {
  const line = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(
    procText(`/proc/${pid}/limits`) ?? '',
  );
  return line === null ? undefined : { soft: line[1]!, hard: line[2]! };
}
