import { relative, resolve } from 'node:path';
import type { InstrumentationSettings, Recipe } from '../../pipeline/recipe.ts';
import type { RecordedPipeline } from '../../pipeline/recorded-pipeline.ts';
import type { StageOutcome } from '../../pipeline/run-stages.ts';
import { type Choice, type ChosenStage, chooseStages } from '../../pipeline/stage-choice.ts';
import type { Arguments } from '../arguments.ts';
import { CliError, EXIT, type ExitCode, passedOn } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { insisted } from '../insisted.ts';
import type { Io } from '../io.ts';
import { nearest } from '../nearest.ts';
import { recipeIn, settingsIn } from '../recipe-file.ts';
import { coloursFor } from '../render/colours.ts';
import { dryLines, newsFor, summaryLines } from '../render/pipeline-lines.ts';
import { plainLine } from '../render/plain.ts';

export const pipeline: Command = {
  name: 'pipeline',
  summary: 'run the stages of a recipe, and record what each took and cost',
  arguments: '<recipe>',
  options: [
    { flags: '--from <stage>', description: 'begin with this stage: those before it count as done' },
    { flags: '--only <stage>', description: 'run this stage alone', repeatable: true },
    { flags: '--force', description: 'run stages whose artifact exists, too' },
    {
      flags: '--mock',
      description: 'play the stages without running anything: order, skips and reports are real',
    },
    { flags: '--dry-run', description: 'say what would be run, and do nothing' },
    { flags: '--instrument', description: 'record the run and write its reports, whatever the recipe says' },
    { flags: '--no-instrument', description: 'only run the stages, whatever the recipe says' },
    {
      flags: '--instrument-config <file>',
      description: 'settings in YAML that go before those of the recipe',
    },
    { flags: '--price-table <file>', description: 'prices of your own, in YAML, before those of the recipe' },
  ],
  examples: [
    [
      'tacho pipeline recipe.yaml --instrument',
      'run it, and write instrumentation.json and .md into the run’s folder',
    ],
    ['tacho pipeline recipe.yaml --from clean --force', 'once more from one stage on'],
    ['tacho pipeline recipe.yaml --dry-run', 'what would be run, in which order'],
  ],
  notes:
    'Stages run in the current folder, without standard input; runs are recorded in TACHO_DIR, or ./logs. Exit code 1 when a\n' +
    'stage failed or the pipeline was stopped.',
  async run(args, io) {
    const file = args.positional[0]!;
    const recipe = await recipeIn(file, io.cwd);
    const choice = choiceOf(args);
    const { stages, unknown } = chooseStages(recipe, choice);
    if (unknown.length > 0) throw noStage(unknown[0]!, recipe);
    if (args.flag('dryRun')) {
      io.out(dryLines(stages, choice, io.cwd).join(''));
      return EXIT.done;
    }
    const settings = await settingsOf(args, recipe, io);
    const recorded = settings.enabled ? await recordingOf(file, recipe, settings, io) : undefined;
    if (!settings.enabled) sayUnused(args, io);
    return runIt({ recipe, stages, choice, recorded, mock: args.flag('mock') }, io);
  },
};

type Work = {
  recipe: Recipe;
  stages: readonly ChosenStage[];
  choice: Choice;
  recorded: RecordedPipeline | undefined;
  mock: boolean;
};

async function runIt({ recorded, ...work }: Work, io: Io): Promise<ExitCode> {
  const { runPipeline } = await import('../../pipeline/run-pipeline.ts');
  const news = newsFor(work.stages.length, io);
  const shown = (path: string): string => plainLine(relative(io.cwd, path));
  if (recorded?.folder !== undefined)
    io.err(`Run ${plainLine(recorded.runId)} in ${shown(recorded.folder)}\n`);
  const again = insisted(io);
  const outcomes = await runPipeline({
    ...work,
    recorded,
    env: io.env,
    cwd: io.cwd,
    signal: io.signal,
    insisted: again.signal,
    out: (bytes) => io.writeOut(bytes),
    err: async (bytes) => io.err(bytes),
    tell: news,
  }).finally(again.giveBack);
  const digest = recorded?.digest;
  const lines = summaryLines(outcomes, recorded?.run, digest && relative(io.cwd, digest));
  for (const line of lines) io.err(`${line}\n`);
  if (again.signal.aborted) return passedOn(130);
  return io.signal.aborted || anyFailed(outcomes) ? EXIT.no : EXIT.done;
}

function anyFailed(outcomes: ReadonlyMap<string, StageOutcome>): boolean {
  return [...outcomes.values()].some(({ status }) => status === 'failed');
}

function choiceOf(args: Arguments): Choice {
  const from = args.text('from');
  const only = args.texts('only').flatMap((text) => text.split(','));
  return {
    ...(from !== undefined && { from }),
    ...(only.length > 0 && { only }),
    force: args.flag('force'),
  };
}

function noStage(id: string, recipe: Recipe): CliError {
  const ids = recipe.stages.map((stage) => stage.id);
  const near = nearest(id, ids);
  return new CliError(
    EXIT.usage,
    `The recipe has no stage "${plainLine(id)}".`,
    near === undefined ? `It has ${ids.slice(0, 20).join(', ')}.` : `Did you mean "${near}"?`,
  );
}

/** The command line before the file that it names, that before the recipe. Off unless one of them says otherwise. */
async function settingsOf(args: Arguments, recipe: Recipe, io: Io): Promise<InstrumentationSettings> {
  const file = args.text('instrumentConfig');
  const named = file === undefined ? {} : await settingsIn(file, io.cwd);
  const settings = { ...recipe.instrumentation, ...named };
  const priceTable = args.text('priceTable');
  if (priceTable !== undefined) settings.priceTable = priceTable;
  if (args.flag('instrument')) settings.enabled = true;
  if (!args.unlessNo('instrument')) settings.enabled = false;
  return settings;
}

function sayUnused(args: Arguments, io: Io): void {
  const named = ['instrumentConfig', 'priceTable'].some((name) => args.text(name) !== undefined);
  if (named && args.unlessNo('instrument'))
    io.err('Nothing is recorded: add --instrument, or `enabled: true` to the settings.\n');
}

async function recordingOf(
  file: string,
  recipe: Recipe,
  settings: InstrumentationSettings,
  io: Io,
): Promise<RecordedPipeline | undefined> {
  const { reportPricing } = await import('../command-pricing.ts');
  const pricing = await reportPricing(io, settings.priceTable);
  const { RecordedPipeline } = await import('../../pipeline/recorded-pipeline.ts');
  const { yellow } = coloursFor({ env: io.env, interactive: io.errInteractive });
  const onProblem = (message: string): void => io.err(`${yellow('tacho:')} ${plainLine(message)}\n`);
  const { TACHO_URL: url, TACHO_TOKEN: token, TACHO_DIR: dir } = io.env;
  const recorded = await RecordedPipeline.begin(recipe, {
    dir: resolve(io.cwd, dir || 'logs'),
    ...(url && { url }),
    ...(token && { token }),
    recipePath: file,
    pricing,
    includeCalls: settings.includeCalls ?? true,
    onProblem,
  });
  if (!recorded) onProblem('Nothing is recorded: TACHO_DISABLED is set.');
  return recorded;
}
