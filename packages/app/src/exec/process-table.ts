import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { procText } from './proc-file.ts';
import { type ProcessorTime, statOf } from './process-stat.ts';

/** What is known of a process that runs. */
export type ProcessFacts = {
  /** With the number it names a process for good: numbers come again. */
  readonly started: string;
  /** It has ended, and waits for somebody to collect it. */
  readonly ended?: boolean;
  /** Its own and that of descendants that were waited for; undefined where the system does not tell. */
  readonly used?: ProcessorTime;
  /** Pages that it and they had to be given. */
  readonly faults?: number;
  /** Memory it holds now. */
  readonly rssBytes: number;
  /** The most it has held so far, where the system tells. */
  readonly peakRssBytes: number;
  readonly children: readonly number[];
};

/** The processes of the machine at one moment, or as near to one as the system allows. */
export type ProcessTable = (pid: number) => ProcessFacts | undefined;

/** Reads only the processes that it is asked for. */
export const procTable: ProcessTable = (pid) => {
  const stat = statOf(pid);
  if (stat === undefined) return undefined;
  const used = {
    userS: stat.own.userS + stat.waited.userS,
    systemS: stat.own.systemS + stat.waited.systemS,
  };
  const { started, ended, faults } = stat;
  return { started, ended, used, faults, ...memoryOf(pid), children: childrenOf(pid) };
};

/** Of a process that has ended and waits to be collected there is no memory left to tell of. */
function memoryOf(pid: number): Pick<ProcessFacts, 'rssBytes' | 'peakRssBytes'> {
  const status = procText(`/proc/${pid}/status`) ?? '';
  return { rssBytes: kibibytes(status, 'VmRSS'), peakRssBytes: kibibytes(status, 'VmHWM') };
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): number[] {
  const children: number[] = [];
  for (const thread of namesIn(`/proc/${pid}/task`))
    for (const child of (procText(`/proc/${pid}/task/${thread}/children`) ?? '').split(' '))
      if (child !== '') children.push(Number(child));
  return children;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const run = promisify(execFile);

/** All processes, for systems without /proc: memory as ps prints it, and no times. Undefined where there is no ps. */
export async function psTable(): Promise<ProcessTable | undefined> {
  try {
    // A terminal must not be asked, nor lines cut at its width.
    const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,rss='], { maxBuffer: 64 << 20 });
    return parsePs(stdout);
  } catch {
    return undefined;
  }
}

export function parsePs(text: string): ProcessTable {
  const rss = new Map<number, number>();
  const children = new Map<number, number[]>();
  for (const [, pid, parent, kibibytes] of text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/gm)) {
    rss.set(Number(pid), Number(kibibytes) * 1024);
    const siblings = children.get(Number(parent));
    if (siblings === undefined) children.set(Number(parent), [Number(pid)]);
    else siblings.push(Number(pid));
  }
  return (pid) => {
    const rssBytes = rss.get(pid);
    if (rssBytes === undefined) return undefined;
    return { started: '', rssBytes, peakRssBytes: rssBytes, children: children.get(pid) ?? [] };
  };
}
