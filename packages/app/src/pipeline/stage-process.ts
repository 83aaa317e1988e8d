import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ending, type MeasuredProcess, startMeasured, type Used } from '../exec/measured-process.ts';
import type { Stage, StageProgram } from './recipe.ts';

/** Between asking a stage to end and making it end. */
const GRACE_MS = 5_000;
/** A process that a stage left behind may hold its output open: it is not waited for once nothing has come for so long. */
const SILENCE_MS = 200;

/** A process group that its parent leaves behind is nobody's any more: no way out of this process, a third Ctrl-C included, leaves one. */
const running = new Set<MeasuredProcess>();
process.on('exit', () => {
  for (const each of running) endGroup(each);
});

export type StageEnding = Used & {
  status: 'done' | 'failed';
  attempts: number;
  /** From the start of the first attempt to the end of the last one. */
  wallS: number;
  error?: { type: string; message: string };
};

export type StageProcessOptions = {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Asks it to end. */
  signal: AbortSignal;
  /** It has had time enough to end. */
  insisted: AbortSignal;
  /** What it prints, as it comes. Nothing more is read from that output until it has been taken. */
  onOutput(chunk: Uint8Array, to: 'out' | 'err'): Promise<unknown>;
  /** An attempt failed, and the stage is tried again. */
  onRetry(attempt: number, message: string): void;
};

/** A stage being run. */
export interface StageProcess {
  /** What all attempts have used by now. */
  used(): Used;
  /** Never rejects: what keeps a program from starting is a failure of the stage. */
  readonly ended: Promise<StageEnding>;
}

/** Runs a stage in a process group of its own, again after a failure where it may be. */
export function startStage(stage: Stage, options: StageProcessOptions): StageProcess {
  const beganMs = performance.now();
  let endedMs = beganMs;
  let earlier: Used = NOTHING;
  let current: MeasuredProcess | undefined;
  const attempt = async (): Promise<{ used: Used; error: StageEnding['error'] | undefined }> => {
    const timedOut = new AbortController();
    const timer =
      stage.timeoutS === undefined ? undefined : setTimeout(() => timedOut.abort(), stage.timeoutS * 1000);
    const stopping = AbortSignal.any([options.signal, timedOut.signal]);
    try {
      // Inside an error's reach: a name or a folder that the system refuses throws at once.
      current = startMeasured({
        argv: argvOf(stage.program),
        env: options.env,
        cwd: options.cwd,
        // A process group in the background that reads from the terminal would be stopped.
        stdio: ['ignore', 'pipe', 'pipe'],
        ownGroup: true,
        alone: !stage.parallel,
      });
      running.add(current);
      const outputs = [new PassedOutput(current, 'out', options), new PassedOutput(current, 'err', options)];
      const release = endWith(current, stopping, options.insisted);
      const ending = await current.ended.finally(release);
      endedMs = performance.now();
      // What comes while the last output is passed on comes too late for the program.
      const stopped = options.signal.aborted
        ? { type: 'interrupted', message: 'the pipeline was stopped' }
        : timedOut.signal.aborted
          ? { type: 'timeout', message: `took longer than ${stage.timeoutS} s` }
          : undefined;
      if (ending.leftRunning > 0 && stopping.aborted) endGroup(current);
      await Promise.all(outputs.map((output) => output.finish()));
      // Whoever was stopped has not done its work, however it ended.
      return { used: ending, error: stopped ?? failureOf(ending) };
    } catch (problem) {
      // What never ran has used nothing, which is known.
      return { used: NOTHING, error: { type: 'not-started', message: notStarted(stage.program, problem) } };
    } finally {
      clearTimeout(timer);
      if (current !== undefined) running.delete(current);
    }
  };
  const run = async (): Promise<StageEnding> => {
    for (let attempts = 1; ; attempts++) {
      const { used, error } = await attempt();
      earlier = sumOf(earlier, used);
      current = undefined;
      const wallS = Math.round((endedMs - beganMs) * 1000) / 1e6;
      if (error === undefined) return { status: 'done', attempts, wallS, ...earlier };
      if (attempts > stage.retries || options.signal.aborted)
        return { status: 'failed', attempts, wallS, error, ...earlier };
      options.onRetry(attempts, error.message);
    }
  };
  return {
    used: () => (current === undefined ? earlier : sumOf(earlier, current.used())),
    ended: run(),
  };
}

const NOTHING: Used = { cpuUserS: 0, cpuSystemS: 0, maxRssBytes: null, peakTreeRssBytes: null };

/** Time adds up, and is unknown where a part of it is; memory is the largest of both. */
export function sumOf(a: Used, b: Used): Used {
  return {
    cpuUserS: plus(a.cpuUserS, b.cpuUserS),
    cpuSystemS: plus(a.cpuSystemS, b.cpuSystemS),
    maxRssBytes: larger(a.maxRssBytes, b.maxRssBytes),
    peakTreeRssBytes: larger(a.peakTreeRssBytes, b.peakTreeRssBytes),
  };
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.round((a + b) * 1e6) / 1e6;
}

function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function argvOf(program: StageProgram): [string, ...string[]] {
  if ('command' in program) return program.command as readonly string[] as [string, ...string[]];
  return process.platform === 'win32'
    ? [process.env.ComSpec ?? 'cmd.exe', '/d', '/s', '/c', program.shell]
    : ['/bin/sh', '-c', program.shell];
}

/** Asks the process to end when the signal comes, and makes it end when it does not. Returns what lets go of the signals. */
function endWith(process: MeasuredProcess, asked: AbortSignal, insisted: AbortSignal): () => void {
  let last: NodeJS.Timeout | undefined;
  const kill = (): void => process.kill('SIGKILL');
  const end = (): void => {
    process.kill('SIGTERM');
    last = setTimeout(kill, GRACE_MS);
  };
  if (asked.aborted) end();
  else asked.addEventListener('abort', end, { once: true });
  if (insisted.aborted) kill();
  else insisted.addEventListener('abort', kill, { once: true });
  return () => {
    clearTimeout(last);
    asked.removeEventListener('abort', end);
    insisted.removeEventListener('abort', kill);
  };
}

/** Of a group that was asked to end, whoever outlives its first process does not. */
function endGroup({ child }: MeasuredProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // They have just ended.
  }
}

/** One output of a stage on its way. */
class PassedOutput {
  readonly #stream: Readable | null;
  readonly #passing: Promise<void>;
  #pieces = 0;
  #closed = false;
  /** Whoever takes it has not yet taken the last piece. */
  #waiting = false;

  constructor({ child }: MeasuredProcess, to: 'out' | 'err', { onOutput }: StageProcessOptions) {
    this.#stream = to === 'out' ? child.stdout : child.stderr;
    this.#passing = this.#passOn((chunk) => onOutput(chunk, to));
  }

  /** The stage has ended: resolves when everything has been passed on, or nothing comes any more. */
  async finish(): Promise<void> {
    for (let before = -1; !this.#closed && (this.#waiting || before !== this.#pieces); ) {
      before = this.#pieces;
      await Promise.race([this.#passing, sleep(SILENCE_MS)]);
    }
    // What a process that was left behind still prints is passed on, but nobody stays for it.
    if (!this.#closed) (this.#stream as Socket | null)?.unref();
  }

  async #passOn(take: (chunk: Uint8Array) => Promise<unknown>): Promise<void> {
    try {
      for await (const chunk of this.#stream ?? []) {
        this.#waiting = true;
        await take(chunk as Uint8Array);
        this.#waiting = false;
        this.#pieces++;
      }
    } catch {
      // The output broke off: how the stage itself ends is what counts.
    }
    this.#waiting = false;
    this.#closed = true;
  }
}

function failureOf({ exitCode, signal }: Ending): StageEnding['error'] {
  if (exitCode === 0) return undefined;
  return signal === null
    ? { type: 'exit-code', message: `ended with exit code ${exitCode}` }
    : { type: 'signal', message: `ended by ${signal}` };
}

function notStarted(program: StageProgram, problem: unknown): string {
  const [name] = argvOf(program);
  const code = (problem as NodeJS.ErrnoException).code;
  const reason =
    code === 'ENOENT'
      ? 'there is no such program'
      : code === 'EACCES'
        ? 'it may not be run'
        : String(problem);
  return `${name} could not be started: ${reason}`;
}
