import { resolve } from 'node:path';
import type { CompareOptions } from '@tacho/trace/analysis/compare/compare';
import { type GateOptions, gateOf } from '@tacho/trace/analysis/compare/gate';
import { METRIC_NAMES, type MetricName } from '@tacho/trace/analysis/compare/metrics';
import { nowUs } from '@tacho/trace/model/time';
import { ChoiceError, NoRunsError } from '../../server/compare/choice.ts';
import { compareSides, type NamedComparison } from '../../server/compare/named-comparison.ts';
import type { Arguments } from '../arguments.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { comparedSides, leadsToFiles } from '../compared-sides.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { JUDGE_OPTIONS, judgeOptionsOf } from '../judge-options.ts';
import { PRICE_TABLE_OPTION, userTable } from '../price-table.ts';
import { coloursFor } from '../render/colours.ts';
import { comparisonJunit } from '../render/comparison-junit.ts';
import { comparisonMarkdown } from '../render/comparison-markdown.ts';
import { comparisonScreen } from '../render/comparison-screen.ts';
import { jsonDocument } from '../render/json-text.ts';
import { RUN_QUERY_OPTIONS, runQueryOf } from '../run-query.ts';
import { saveFile } from '../save-file.ts';

const FORMATS = ['text', 'json', 'markdown', 'junit'] as const;
type FormatName = (typeof FORMATS)[number];

/** An order means nothing where all runs are taken. */
const FILTER_OPTIONS = RUN_QUERY_OPTIONS.filter(({ flags }) => !/^--(sort|ascending)\b/.test(flags));

export const compare: Command = {
  name: 'compare',
  summary: 'say whether runs got better or worse than others, or whether nobody can tell',
  arguments: '<baseline> <treatment>',
  options: [
    {
      flags: '--pair-by <what>',
      description: 'what runs of both sides have in common: task (default), name, none, or a label’s name',
    },
    ...JUDGE_OPTIONS,
    {
      flags: '--threshold <percent>',
      description: 'beyond which the threshold report tells of a change (default: 10)',
    },
    { flags: '--seed <n>', description: 'of what is drawn by chance (default: 1)' },
    { flags: '--gate', description: 'exit code 1 when a metric regressed' },
    {
      flags: '--metric <name>',
      description: `what the gate watches: ${METRIC_NAMES.join(', ')} (default: all)`,
      repeatable: true,
    },
    {
      flags: '--max-regression <n>',
      description:
        'how much worse the gate lets through: points of success, percent of what is used, units of the score',
    },
    { flags: '--format <name>', description: `${FORMATS.join(', ')} (default: text)` },
    { flags: '-o, --output <file>', description: 'write to a file' },
    ...FILTER_OPTIONS,
    PRICE_TABLE_OPTION,
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho compare variant=baseline variant=mcp', 'runs with one label against runs with another'],
    ['tacho compare monday tuesday --project search', 'two sessions of a project'],
    ['tacho compare jobs/before jobs/after', 'two folders, read and not stored'],
    [
      'tacho compare main jobs/pr-7 --gate --metric success --max-regression 2',
      'for a build: stops what got worse',
    ],
    ['tacho compare a b --format markdown -o comment.md', 'for a pull request'],
  ],
  notes:
    'A side is a filter (session=, project=, agent=, model=, status=, task-type=, search=, min-score=, max-score=, from=, to=, and\n' +
    'LABEL=VALUE; several with commas), a file or folder, or a word: a session, a run, a label’s value, an agent or a project.\n' +
    'The filters among the options hold for both sides.',
  async run(args, io) {
    const format = formatOf(args);
    const gate = gateOptionsOf(args);
    const options = compareOptionsOf(args);
    const [baseline, treatment] = args.positional as [string, string];
    const compared = await compareTyped([baseline, treatment], options, args, io);
    const answer: NamedComparison = gate ? { ...compared, gate: gateOf(compared, gate) } : compared;
    const text = written(answer, format, io, args.text('output') === undefined);
    const output = args.text('output');
    if (output === undefined || output === '-') io.out(text);
    else {
      await saveFile(chunksOf(text), resolve(io.cwd, output));
      io.err(`Written to ${output}.\n`);
    }
    // What is machine-read has the gate's sentences in it, but nobody reads it in a build's log.
    if (answer.gate && (format !== 'text' || output !== undefined))
      for (const sentence of answer.gate.sentences) io.err(`${sentence}\n`);
    return answer.gate?.passed === false ? EXIT.no : EXIT.done;
  },
};

async function compareTyped(
  typed: readonly [string, string],
  options: CompareOptions,
  args: Arguments,
  io: Io,
): Promise<NamedComparison> {
  const { descending: _, ...common } = runQueryOf(args, nowUs());
  const anyFiles = (await leadsToFiles(typed[0], io.cwd)) || (await leadsToFiles(typed[1], io.cwd));
  if (!anyFiles && args.text('priceTable') !== undefined)
    throw new CliError(
      EXIT.usage,
      'Stored runs have their prices: --price-table is for files and folders.',
      '`tacho reprice --price-table FILE` prices stored runs anew.',
    );
  const priceTable = anyFiles ? (await userTable(args, io))?.table : undefined;
  const home = tachoHome(args.text('home'), io.env);
  try {
    const [baseline, treatment] = await comparedSides(
      typed,
      { home, common, nowUs: nowUs(), priceTable },
      io,
    );
    return compareSides(baseline, treatment, options);
  } catch (error) {
    if (error instanceof NoRunsError) throw new CliError(EXIT.input, error.message, error.hint);
    if (error instanceof ChoiceError) throw new CliError(EXIT.usage, error.message, error.hint);
    throw error;
  }
}

function formatOf(args: Arguments): FormatName {
  const typed = args.text('format') ?? (args.flag('json') ? 'json' : 'text');
  const format = FORMATS.find((name) => name === typed);
  if (!format) throw new CliError(EXIT.usage, `--format needs one of ${FORMATS.join(', ')}, not "${typed}".`);
  if (args.flag('json') && format !== 'json')
    throw new CliError(EXIT.usage, `Either --json or --format ${format}, not both.`);
  return format;
}

function gateOptionsOf(args: Arguments): GateOptions | undefined {
  const metrics = args.texts('metric').map(metricOf);
  const maxRegression = args.number('maxRegression', { min: 0 });
  if (args.flag('gate'))
    return { ...(metrics.length > 0 && { metrics }), ...(maxRegression !== undefined && { maxRegression }) };
  if (metrics.length === 0 && maxRegression === undefined) return undefined;
  throw new CliError(
    EXIT.usage,
    '--metric and --max-regression say what --gate lets through: type --gate too.',
  );
}

function metricOf(typed: string): MetricName {
  const metric = METRIC_NAMES.find((name) => name === typed);
  if (metric) return metric;
  throw new CliError(EXIT.usage, `--metric needs one of ${METRIC_NAMES.join(', ')}, not "${typed}".`);
}

function compareOptionsOf(args: Arguments): CompareOptions {
  const pairBy = args.text('pairBy');
  const thresholdPercent = args.number('threshold', { min: 0 });
  const seed = args.number('seed', { min: 0, max: 0xffff_ffff, whole: true });
  return {
    ...(pairBy !== undefined && { pairBy }),
    ...(thresholdPercent !== undefined && { thresholdPercent }),
    ...(seed !== undefined && { seed }),
    ...judgeOptionsOf(args),
  };
}

function written(answer: NamedComparison, format: FormatName, io: Io, toScreen: boolean): string {
  switch (format) {
    case 'json':
      return jsonDocument(answer);
    case 'markdown':
      return comparisonMarkdown(answer);
    case 'junit':
      return comparisonJunit(answer);
    case 'text':
      return comparisonScreen(answer, {
        columns: io.columns,
        colours: coloursFor(toScreen ? io : { env: { NO_COLOR: '1' }, interactive: false }),
      });
  }
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
