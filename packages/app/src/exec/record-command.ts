import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { RunTrace, type SpanHandle } from '@tacho/trace';
import { slugOf } from '@tacho/trace/model/ids';
import { keptArguments, nameOfCommand, withoutSecrets } from './command-text.ts';
import { type KeptOutput, keepOutput, type OutputTails } from './kept-output.ts';
import { type Ending, exitCodeOf, type MeasuredProcess, startMeasured } from './measured-process.ts';
import { restoreOpenFilesLimit } from './open-files-limit.ts';
import { endAttributes, outcomeOf, usedAttributes } from './outcome.ts';
import { CommandSignals, type Relayed } from './relayed-signals.ts';
import { SinkFeed } from './sink-feed.ts';
import { SINK_FILE, type SurroundingRun, stageEnvironment, surroundingRun } from './surrounding-run.ts';

export type CommandToRecord = {
  readonly argv: readonly [program: string, ...args: string[]];
  /** Title of the run; default: the command in short. */
  readonly name?: string | undefined;
  /** Name of the stage; default: the title. */
  readonly stage?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False: the outputs are the command's own in every case, and nothing of them is kept. */
  readonly keepTail: boolean;
  readonly outputs: { readonly stdout: Writable; readonly stderr: Writable };
  /** This process's descriptors beyond the three that are the command's. */
  readonly descriptors: readonly number[];
  /** Signals that this process began with as ignored, and that the command is to begin with so. */
  readonly ignored: ReadonlySet<NodeJS.Signals>;
  /** Makes the reports of a run of its own, when all of it is in its folder. What it fails with is its own to tell. */
  report?(folder: string, runId: string): Promise<void>;
  /** From now on these signals of this process go to the function. Returns what gives them back. */
  takeSignals(signals: readonly Relayed[], handler: (signal: Relayed) => void): () => void;
};

/** First update of what a running command has used; later ones come as time goes by, so that a long one has few. */
const FIRST_UPDATE_MS = 2_000;
const UPDATE_SHARE = 20;
const LATE_SIGNAL_MS = 20;
/** Refused lines of the sink that are told; of the others there is the file. */
const MOST_TOLD = 20;

/** The command could not be started. `exitCode` is what shells say: 127 not found, 126 found but no program. */
export class NotStartedError extends Error {
  readonly exitCode: 126 | 127;
  constructor(program: string, problem: NodeJS.ErrnoException) {
    const missing = problem.code === 'ENOENT';
    super(
      missing
        ? `There is no program "${program}" here or on the PATH.`
        : `"${program}" cannot be started (${problem.code ?? problem.message}).`,
    );
    this.name = 'NotStartedError';
    this.exitCode = missing ? 127 : 126;
  }
}

/**
 * Runs a command as a run of its own, or as a stage of the run around it, and gives the exit code to end with: the command's,
 * or 128 + n when signal n ended it. Throws NotStartedError. No trouble with recording keeps the command from running.
 */
export async function recordCommand(command: CommandToRecord): Promise<number> {
  const signals = new CommandSignals(command.takeSignals);
  // Begun first: while programs make the pipes and set the limit, the run is opened.
  const keeping = Promise.all([
    command.keepTail ? keepOutput(command.outputs) : undefined,
    restoreOpenFilesLimit(),
  ]);
  const around = surroundingRun(command.env);
  const { trace, span } = open(command, around);
  // The start is on disk before the command can do anything.
  await setImmediate();
  const [output] = await keeping;
  const folder = trace.path !== undefined && existsSync(trace.path) ? trace.path : undefined;
  const feed = folder !== undefined && around === undefined ? feedOf(trace, span, folder) : undefined;
  try {
    const env = { ...command.env, ...variablesFor(command, trace, span, folder, around) };
    const { ending, tails } = await runToEnd(command, env, { span, signals, output });
    await feed?.close();
    const outcome = outcomeOf(ending, signals.asked);
    span.end({ ...outcome, attributes: endAttributes(ending, tails) });
    if (around === undefined) endRun(trace, ending, outcome);
    return exitCodeOf(ending);
  } catch (problem) {
    // Without the stack, which is ours and not the command's.
    const { name, message } = problem as Error;
    span.end({ status: 'error', error: { name, message } });
    throw problem;
  } finally {
    signals.giveBack();
    await feed?.close();
    await trace.end();
    if (folder !== undefined && around === undefined) await command.report?.(folder, trace.runId);
  }
}

function open(
  { argv, name, stage }: CommandToRecord,
  around: SurroundingRun | undefined,
): { trace: RunTrace; span: SpanHandle } {
  const command = keptArguments(argv);
  const title = name || nameOfCommand(argv);
  const trace =
    around === undefined
      ? // Instead of this process's own arguments, which are the command's, secrets and all.
        new RunTrace({ name: title, attributes: { argv: command.join(' ') } })
      : new RunTrace({ join: around });
  const span = trace.start(stage || title, {
    kind: 'stage',
    // In a run of its own nothing else has this id, and programs that call the stage by its name mean it.
    ...(around === undefined && { id: slugOf(withoutSecrets(stage || title)) }),
    attributes: { command, cwd: process.cwd() },
  });
  return { trace, span };
}

/** Nothing where nothing can be recorded. A driver that is not ours knows its own stages only: its variables stay. */
function variablesFor(
  { env }: CommandToRecord,
  trace: RunTrace,
  span: SpanHandle,
  folder: string | undefined,
  around: SurroundingRun | undefined,
): Record<string, string> {
  if (folder === undefined || around?.foreign) return {};
  const sink = around === undefined ? undefined : env.INSTRUMENT_SINK;
  return stageEnvironment({ runId: trace.runId, folder, spanId: span.id, sink });
}

async function runToEnd(
  { argv, descriptors, ignored }: CommandToRecord,
  env: NodeJS.ProcessEnv,
  { span, signals, output }: { span: SpanHandle; signals: CommandSignals; output: KeptOutput | undefined },
): Promise<{ ending: Ending; tails: OutputTails }> {
  let running: MeasuredProcess;
  try {
    running = startMeasured({
      argv,
      env,
      stdio: output?.stdio ?? ['inherit', 'inherit', 'inherit'],
      alone: true,
      descriptors,
      ignored,
    });
  } catch (problem) {
    throw new NotStartedError(argv[0], problem as NodeJS.ErrnoException);
  } finally {
    output?.begin();
  }
  signals.begin(running);
  const stopUpdates = updateWhileRunning(span, running);
  try {
    const ending = await running.ended;
    // Ctrl-C comes for both: that the command has died of it may be known here before it is.
    if (ending.signal !== null && signals.asked.size === 0) await sleep(LATE_SIGNAL_MS);
    return { ending, tails: (await output?.finish()) ?? {} };
  } catch (problem) {
    throw new NotStartedError(argv[0], problem as NodeJS.ErrnoException);
  } finally {
    stopUpdates();
    signals.giveBack();
  }
}

/** The run says of itself what its one stage says: a list of runs shows no stages. */
function endRun(trace: RunTrace, ending: Ending, { status, error }: ReturnType<typeof outcomeOf>): void {
  const { output_tail: _output, error_tail: _error, ...attributes } = endAttributes(ending, {});
  void trace.end({
    status: status === 'cancelled' ? 'interrupted' : status === 'error' ? 'error' : 'ok',
    ...(error !== undefined && { error }),
    attributes,
  });
}

function feedOf(trace: RunTrace, span: SpanHandle, folder: string): SinkFeed {
  let refused = 0;
  return new SinkFeed({
    path: join(folder, SINK_FILE),
    runId: trace.runId,
    // What the stage is, its own span says.
    take: (records) =>
      trace.append(records.filter(({ event, span_id: id }) => event !== 'span_update' || id !== span.id)),
    refuse: ({ line, reason }) => {
      if (++refused > MOST_TOLD) return;
      const where = { file: SINK_FILE, ...(line !== undefined && { line }) };
      span.event('model call not understood', { ...where, reason }, { level: 'warning' });
    },
  });
}

/** What the command has used so far, for whoever watches the run. */
function updateWhileRunning(span: SpanHandle, running: MeasuredProcess): () => void {
  const beganMs = performance.now();
  let timer: NodeJS.Timeout;
  const later = (): void => {
    timer = setTimeout(
      () => {
        span.setAttributes(usedAttributes(running.used()));
        later();
      },
      Math.max(FIRST_UPDATE_MS, (performance.now() - beganMs) / UPDATE_SHARE),
    );
    timer.unref();
  };
  later();
  return () => clearTimeout(timer);
}
