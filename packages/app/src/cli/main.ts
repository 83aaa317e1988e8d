import { Command as Commander, CommanderError } from 'commander';
import { VERSION } from '../server/version.ts';
import { Arguments } from './arguments.ts';
import { CliError, EXIT, type ExitCode, isCliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { exitCodeOf } from './failures.ts';
import type { Io } from './io.ts';
import { nearest } from './nearest.ts';
import { coloursFor } from './render/colours.ts';

const DEFAULT_COMMAND = 'serve';

/** Runs one command line (without `node` and the script) and gives its exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return explain(error, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [first = DEFAULT_COMMAND] = argv;
  if (['-h', '--help', '-V', '--version', 'help'].includes(first)) {
    const about = first === 'help' && argv[1] !== undefined ? [argv[1], '--help'] : undefined;
    if (about) return dispatch(about, io);
    return parse(programFor(io), first === 'help' ? ['--help'] : [first]);
  }
  const name = first.startsWith('-') ? DEFAULT_COMMAND : first;
  const chosen = COMMANDS.find((command) => command.name === name || command.aliases?.includes(name));
  if (!chosen) throw unknownCommand(first);
  const command = await chosen.load();
  let outcome: Promise<ExitCode> | undefined;
  const program = programFor(io, command, (args) => {
    outcome = command.run(args, io);
  });
  const parsed = parse(program, [chosen.name, ...(first === name ? argv.slice(1) : argv)]);
  return (await outcome) ?? parsed;
}

/** Commander ends a parse by throwing: with help and version that is no error. */
function parse(program: Commander, argv: readonly string[]): ExitCode {
  try {
    program.parse([...argv], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}

/** The program with all commands by name, or with the one that is run and its options. */
function programFor(io: Io, chosen?: Command, action?: (args: Arguments) => void): Commander {
  const colours = coloursFor(io);
  const program = new Commander('tacho')
    .description(
      'The tachograph for AI agents: records every run, shows it live, and says where the time went.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ styleTitle: (text) => colours.bold(text), helpWidth: Math.min(io.columns, 100) })
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'tacho: ')),
    })
    .exitOverride();
  // To make the other 25 as well takes longer than what some commands do.
  for (const { name, summary } of chosen === undefined ? COMMANDS : [chosen]) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${capital(summary)}.`);
    if (chosen !== undefined && action) fill(command, chosen, action);
  }
  program.addHelpText(
    'after',
    '\nWithout a command: serve.  `tacho COMMAND --help` shows options and examples of each.',
  );
  return program;
}

function fill(command: Commander, spec: Command, action: (args: Arguments) => void): void {
  if (spec.arguments !== undefined) command.arguments(spec.arguments);
  if (spec.optionsFirst) {
    command.parent?.enablePositionalOptions();
    command.passThroughOptions();
  }
  for (const { flags, description, repeatable } of spec.options) {
    if (repeatable)
      command.option(flags, description, (value: string, all: string[] = []) => [...all, value]);
    else command.option(flags, description);
  }
  const width = Math.max(...spec.examples.map(([line]) => line.length));
  const examples = spec.examples.map(([line, meaning]) => `  $ ${line.padEnd(width)}  ${meaning}`);
  const notes = spec.notes === undefined ? '' : `\n${spec.notes}\n`;
  command.addHelpText('after', `${notes}\nExamples:\n${examples.join('\n')}`);
  command.action(() => action(new Arguments(command.args, command.opts())));
}

function unknownCommand(word: string): CliError {
  const near = nearest(
    word,
    COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  );
  return new CliError(
    EXIT.usage,
    `There is no command "${word.slice(0, 60)}".`,
    near === undefined ? '`tacho --help` lists the commands.' : `Did you mean \`tacho ${near}\`?`,
  );
}

function explain(error: unknown, io: Io): ExitCode {
  const colours = coloursFor({ env: io.env, interactive: io.errInteractive });
  const code = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  io.err(`${colours.red('tacho:')} ${message}\n`);
  if (isCliError(error) && error.hint !== undefined) io.err(`${colours.dim(error.hint)}\n`);
  if (code !== undefined) return code;
  if (error instanceof Error && error.stack !== undefined) io.err(`${colours.dim(error.stack)}\n`);
  return EXIT.environment;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
