import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { ignoring } from './ignored-signals.ts';
import { type ProcessorTime, statOf } from './process-stat.ts';
import type { ProcessTree } from './process-tree.ts';
import { ProcessWatch } from './process-watch.ts';
import { whyNotStarted } from './program-lookup.ts';
import { faultsIn, pidIn, REPORT_FD, timesIn, underShell } from './shell-times.ts';

export type MeasuredCommand = {
  /** The program, looked for on the PATH, and its arguments. */
  readonly argv: readonly [program: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Where its standard streams lead; as `spawn` takes it. */
  readonly stdio: readonly [input: Stream, output: Stream, error: Stream];
  /** A process group of its own, which `kill` reaches as a whole. It then has no part in the terminal's. */
  readonly ownGroup?: boolean;
  /**
   * No other command runs in this process meanwhile. Then the command is a child like any other and its time is what this
   * process's children have used more; else a shell between counts it (see shell-times.ts).
   */
  readonly alone?: boolean;
  /** Of this process's descriptors beyond the three those that it gets, by the same numbers. Closed here once it has them. */
  readonly descriptors?: readonly number[];
  /** Signals that it begins with as ignored. */
  readonly ignored?: ReadonlySet<NodeJS.Signals>;
};
type Stream = 'inherit' | 'ignore' | 'pipe' | number;

/** What a tree of processes used. Null where the system does not tell, never 0. */
export type Used = {
  /** Seconds of the processor of the command, of all descendants that were waited for, and of those left behind, as far as seen. */
  cpuUserS: number | null;
  cpuSystemS: number | null;
  /** The largest process of the tree at its largest, as far as seen. Null at the end of a command that was looked at too early only. */
  maxRssBytes: number | null;
  /** The most that all processes together were seen to hold; what they share counts for each. */
  peakTreeRssBytes: number | null;
};

export type Ending = Used & {
  wallS: number;
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Processes that it left behind and that still run. */
  leftRunning: number;
};

export interface MeasuredProcess {
  /** As `spawn` gave it: for its pipes. Its number may be a shell's; `pid` is the command's. */
  readonly child: ChildProcess;
  readonly pid: number | undefined;
  /** What has been used by now. */
  used(): Used;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the command has ended; rejects when it could not be started, with what `spawn` said. */
  readonly ended: Promise<Ending>;
}

/** How the processor's time is found: from this process's own children, from a shell's, or not at all. */
export type Accounting = 'children' | 'shell' | 'none';

export function accountingFor(platform: NodeJS.Platform, alone: boolean): Accounting {
  if (platform === 'win32') return 'none';
  return platform === 'linux' && alone ? 'children' : 'shell';
}

/** Starts a command and measures it and everything it starts, until it ends. What keeps it from starting is thrown, or rejects `ended`. */
export function startMeasured(
  command: MeasuredCommand,
  accounting: Accounting = accountingFor(process.platform, command.alone === true),
): MeasuredProcess {
  const { env, cwd, ownGroup: detached = false, ignored, descriptors = [] } = command;
  const argv = ignored?.size ? ignoring(ignored, command.argv) : command.argv;
  const byShell = accounting === 'shell' || argv !== command.argv;
  const missing = byShell ? whyNotStarted(command.argv[0], env, cwd) : undefined;
  if (missing !== undefined) throw missing;
  const [program, args] = accounting === 'shell' ? underShell(argv) : [argv[0], argv.slice(1)];
  const before = statOf('self');
  const startedMs = performance.now();
  const child = spawn(program, args, {
    stdio: [...command.stdio, ...(accounting === 'shell' ? (['pipe'] as const) : atTheirPlaces(descriptors))],
    env,
    detached,
    ...(cwd !== undefined && { cwd }),
  });
  // Whoever reads at their other ends waits for the command to close them, not for us. At a file nobody waits, and it may be
  // one that something loaded into this process has opened.
  if (accounting !== 'shell') for (const fd of descriptors) if (!isFile(fd)) closeSync(fd);
  const report = reportOf(accounting === 'shell' ? (child.stdio[REPORT_FD] as Readable | null) : null);
  const pid = (): number | undefined => (accounting === 'shell' ? pidIn(report.text) : child.pid);
  const watch = new ProcessWatch(pid);
  if (accounting !== 'none') watch.begin();

  /** Exact once the command has ended; undefined where only the looks can tell. */
  const waitedFor = (): { time?: ProcessorTime | undefined; faults?: number | undefined } => {
    if (accounting === 'shell') return { time: timesIn(report.text), faults: faultsIn(report.text) };
    const after = accounting === 'children' ? statOf('self') : undefined;
    if (after === undefined || before === undefined) return {};
    return {
      time: {
        userS: after.waited.userS - before.waited.userS,
        systemS: after.waited.systemS - before.waited.systemS,
      },
      faults: after.faultsWaited - before.faultsWaited,
    };
  };

  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', (problem) => {
      watch.stop();
      // A signal that could not be sent is an error too, but no end.
      if (child.pid === undefined) reject(problem);
    });
    child.once('exit', async (code, signal) => {
      const wallMs = performance.now() - startedMs;
      await report.whole;
      watch.stop();
      const { time: exact, faults } = waitedFor();
      const { tree } = watch;
      const left = tree?.usedByStrays;
      const total = exact && {
        userS: exact.userS + (left?.userS ?? 0),
        systemS: exact.systemS + (left?.systemS ?? 0),
      };
      resolve({
        wallS: rounded(wallMs / 1000),
        ...outcome(accounting, code, signal),
        ...usedOf(watch.knowsMemory(wallMs, faults) ? tree : undefined, total ?? tree?.used),
        leftRunning: watch.leftRunning(),
      });
    });
  });
  // Whoever waits later still hears of it; nobody waiting is no crash.
  ended.catch(() => {});
  return {
    child,
    get pid() {
      return pid();
    },
    used: () => usedOf(watch.tree, watch.tree?.used),
    kill: (signal) => killTree({ signal, child, pid: pid(), group: detached, shell: accounting === 'shell' }),
    ended,
  };
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return true;
  }
}

/** What `spawn` takes behind the three: each at the place that its number is. */
function atTheirPlaces(descriptors: readonly number[]): ('ignore' | number)[] {
  const places: ('ignore' | number)[] = [];
  for (let fd = 3; fd <= Math.max(2, ...descriptors); fd++)
    places.push(descriptors.includes(fd) ? fd : 'ignore');
  return places;
}

/** A shell says 128 + n for a child that signal n ended. */
function outcome(
  accounting: Accounting,
  code: number | null,
  signal: NodeJS.Signals | null,
): Pick<Ending, 'exitCode' | 'signal'> {
  const relayed = accounting === 'shell' && code !== null ? signalOf(code - 128) : undefined;
  return relayed === undefined ? { exitCode: code, signal } : { exitCode: null, signal: relayed };
}

function signalOf(number: number): NodeJS.Signals | undefined {
  return (Object.keys(constants.signals) as NodeJS.Signals[]).find(
    (name) => constants.signals[name] === number,
  );
}

/** 128 and the signal's number, as shells have it. */
export function exitCodeOf({ exitCode, signal }: Pick<Ending, 'exitCode' | 'signal'>): number {
  return exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function usedOf(tree: ProcessTree | undefined, time: ProcessorTime | undefined): Used {
  return {
    cpuUserS: time === undefined ? null : rounded(time.userS),
    cpuSystemS: time === undefined ? null : rounded(time.systemS),
    maxRssBytes: tree?.maxRssBytes || null,
    peakTreeRssBytes: tree?.peakTreeRssBytes || null,
  };
}

/** The sources count in hundredths or thousandths; sums of them have more digits than they mean. */
function rounded(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1e6) / 1e6);
}

type Report = { text: string; whole: Promise<void> };

function reportOf(pipe: Readable | null): Report {
  const report: Report = { text: '', whole: Promise.resolve() };
  if (pipe === null) return report;
  pipe.setEncoding('latin1');
  pipe.on('data', (piece: string) => {
    report.text += piece;
  });
  report.whole = new Promise((resolve) => {
    pipe.once('close', resolve);
    pipe.once('error', () => resolve());
  });
  return report;
}

type Target = {
  signal: NodeJS.Signals;
  child: ChildProcess;
  pid: number | undefined;
  group: boolean;
  shell: boolean;
};

function killTree({ signal, child, pid, group, shell }: Target): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  // The shell between is in the group too, and has times to tell: it outlives everything but SIGKILL.
  if (group && shell && signal === 'SIGKILL') {
    signalTo(pid ?? child.pid, signal);
    child.once('exit', () => signalTo(-child.pid!, signal));
  } else signalTo(group ? -child.pid : (pid ?? child.pid), signal);
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
