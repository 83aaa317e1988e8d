import { NotStartedError, recordCommand } from '../../exec/record-command.ts';
import type { Pricing } from '../../pipeline/pricing.ts';
import { CliError, EXIT, passedOn } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { Io } from '../io.ts';

export const exec: Command = {
  name: 'exec',
  summary: 'run a command and record what it took: time, processor, memory, model calls',
  arguments: '<command...>',
  options: [
    { flags: '--name <name>', description: 'title of the run (default: the command)' },
    { flags: '--stage <name>', description: 'name of the stage (default: the title)' },
    { flags: '--no-tail', description: 'keep nothing of what it prints' },
  ],
  optionsFirst: true,
  examples: [
    ['tacho exec -- npm test', 'a run of its own, in ./logs'],
    [
      'tacho exec --name nightly -- sh build.sh',
      'what build.sh runs with `tacho exec --stage` is a part of it',
    ],
  ],
  notes:
    "Streams, terminal, signals and exit code are the command's own; 128 + n where signal n ended it, 127 where there is no\n" +
    'such program. Inside a recorded run (TACHO_RUN_ID, or RUN_ID and INSTRUMENT_SINK) the command is a stage of that run.\n' +
    'The command finds in INSTRUMENT_SINK the file for its model calls: a JSON line each.',
  async run(args, io) {
    const [program, ...rest] = args.positional;
    if (program === undefined) throw new CliError(EXIT.usage, 'Which command? `tacho exec -- COMMAND`.');
    if (io.process === undefined)
      throw new CliError(EXIT.environment, 'A command needs a process whose streams it can have.');
    const { stdout, stderr, descriptors, ignored, takeSignals } = io.process;
    if (io.signal.aborted) throw new CliError(passedOn(130), 'Stopped before the command began.');
    try {
      const code = await recordCommand({
        argv: [program, ...rest],
        name: args.text('name'),
        stage: args.text('stage'),
        env: io.env,
        keepTail: args.unlessNo('tail'),
        outputs: { stdout, stderr },
        descriptors,
        ignored,
        takeSignals,
        report: (folder, runId) => report(folder, runId, io),
      });
      return passedOn(code);
    } catch (problem) {
      if (!(problem instanceof NotStartedError)) throw problem;
      throw new CliError(passedOn(problem.exitCode), problem.message);
    }
  },
};

/** Loaded when the command has ended: before it may start, nothing of this is needed. */
async function report(folder: string, runId: string, io: Io): Promise<void> {
  try {
    const { reportCommand } = await import('../../pipeline/command-report.ts');
    await reportCommand(folder, runId, () => pricing(io));
  } catch (problem) {
    io.err(`tacho: the reports in ${folder} could not be written (${String(problem)}).\n`);
  }
}

/** A table that does not work leaves costs unknown: other prices than those that were asked for would be worse. */
async function pricing(io: Io): Promise<Pricing | undefined> {
  try {
    const { reportPricing } = await import('../command-pricing.ts');
    return await reportPricing(io);
  } catch (problem) {
    io.err(`tacho: ${(problem as Error).message}\n`);
    return undefined;
  }
}
