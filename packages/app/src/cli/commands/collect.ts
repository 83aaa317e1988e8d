import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { JsonObject } from '@tacho/trace/model/json';
import type { PriceLookup } from '@tacho/trace/model/price';
import type { Run } from '@tacho/trace/model/run';
import type { ImportResult } from '../../sources/import.ts';
import type { ReadRuns } from '../../sources/read-runs.ts';
import { reasonOf } from '../../sources/walk.ts';
import type { Arguments } from '../arguments.ts';
import { type ArmComparison, armsOf, compareArms } from '../arms.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, JSON_OPTION } from '../command.ts';
import { FileNames } from '../file-names.ts';
import type { Io } from '../io.ts';
import { userTable } from '../price-table.ts';
import { armsScreen, collectScreen } from '../render/collect-screen.ts';
import { coloursFor } from '../render/colours.ts';
import { plural } from '../render/figures.ts';
import { jsonDocument } from '../render/json-text.ts';
import { plainLine } from '../render/plain.ts';
import { saveFile } from '../save-file.ts';

const FILE = 'enterprise_metrics.json';
const MOST_REFUSALS = 10;

export const collect: Command = {
  name: 'collect',
  summary: 'say what agents did with code: phases, files, tests, edits, errors',
  arguments: '<paths...>',
  options: [
    { flags: '--compare', description: 'two runs, or the baseline arm and the MCP arm, side by side' },
    { flags: '--verbose', description: 'tools, re-read files, tests and errors of each run as well' },
    { flags: '--output <dir>', description: `write DIR/<run>/${FILE} for each run` },
    JSON_OPTION,
  ],
  examples: [
    ['tacho collect trajectory.jsonl', 'one session'],
    ['tacho collect jobs/phase3-rerun/', 'every session and trial in a folder'],
    ['tacho collect baseline.jsonl mcp.jsonl --compare --verbose', 'two arms of one task'],
    ['tacho collect trajectory.jsonl --output results/metrics', 'the whole document, as a file'],
  ],
  notes:
    'Reads whatever Tacho can import, and stores nothing. Needs no server.\n' +
    'With --json the lists of single calls are left out, unless --verbose asks for them. Exit code 3 when nothing was read.',
  async run(args, io) {
    const paths = args.positional.map((path) => (path === '-' ? path : resolve(io.cwd, path)));
    const { runs, result } = await read(paths, io);
    sayRefused(result, io);
    const told = runs.filter(({ spans }) => spans.length > 0);
    for (const { runId, source } of runs.filter(({ spans }) => spans.length === 0))
      io.err(`no events  ${plainLine(source?.uri ?? runId)}\n`);
    if (told.length === 0) throw noEvents(args.positional);
    const price = await pricesFor(args, io);
    const { enterpriseMetricsOf } = await import('@tacho/trace/formats/enterprise-metrics/write');
    const { setCosts } = await import('../../ingest/set-cost.ts');
    const verbose = args.flag('verbose');
    const output = args.text('output');
    const documents: JsonObject[] = [];
    const names = new FileNames();
    for (const run of told) {
      if (io.signal.aborted) throw new CliError(EXIT.no, 'Stopped. The files written so far are whole.');
      setCosts(run, price);
      const document = enterpriseMetricsOf(run, { timelines: verbose || output !== undefined });
      documents.push(document);
      if (output !== undefined)
        await save(document, join(resolve(io.cwd, output), names.nameFor(run.runId, '')));
    }
    const comparison = args.flag('compare') ? comparisonOf(documents, told, io) : undefined;
    const screen = { columns: io.columns, colours: coloursFor(io) };
    if (args.flag('json')) io.out(jsonDocument(answer(documents, comparison, verbose)));
    else {
      io.out(documents.map((document) => collectScreen(document, { verbose }, screen)).join('\n'));
      if (comparison) io.out(`\n${armsScreen(comparison, screen)}`);
    }
    if (output !== undefined) io.err(`${plural(documents.length, 'file')} written below ${output}.\n`);
    return EXIT.done;
  },
};

async function pricesFor(args: Arguments, io: Io): Promise<PriceLookup> {
  const { pricesOf } = await import('../../prices/lookup.ts');
  return pricesOf((await userTable(args, io))?.table);
}

async function read(paths: readonly string[], io: Io): Promise<ReadRuns> {
  const { ImportPathError } = await import('../../sources/import.ts');
  const { readRuns } = await import('../../sources/read-runs.ts');
  try {
    return await readRuns(paths, { stdin: io.stdin, signal: io.signal });
  } catch (error) {
    if (io.signal.aborted) throw new CliError(EXIT.no, 'Stopped. Nothing was written.');
    if (error instanceof ImportPathError) throw new CliError(EXIT.input, plainLine(error.message));
    throw error;
  }
}

function sayRefused({ refused }: ImportResult, io: Io): void {
  for (const { file, line, reason } of refused.slice(0, MOST_REFUSALS))
    io.err(`${plainLine(file)}${line === null ? '' : `:${line}`}: ${plainLine(reason)}\n`);
  if (refused.length > MOST_REFUSALS)
    io.err(`… and ${plural(refused.length - MOST_REFUSALS, 'more', 'more')} that could not be read\n`);
}

function noEvents(paths: readonly string[]): CliError {
  return new CliError(
    EXIT.input,
    `No events processed: there is no run in ${plainLine(paths.join(', '))}.`,
    'Is it JSONL, one object a line, with times in its lines? `tacho formats` lists what can be read.',
  );
}

function comparisonOf(documents: readonly JsonObject[], runs: readonly Run[], io: Io): ArmComparison {
  const arms = armsOf(documents);
  if (arms === undefined)
    throw new CliError(
      EXIT.input,
      `To compare, name two runs, or runs of a baseline and of an MCP arm; here are ${plural(runs.length, 'run')} of one kind.`,
      'The arm is the word "baseline" or "mcp" in a label, in a file’s name or as a folder’s, or a call of an MCP server.',
    );
  if (arms.left.length > 0)
    io.err(
      `${plural(arms.left.length, 'run')} of neither arm ${arms.left.length === 1 ? 'is' : 'are'} not compared.\n`,
    );
  return compareArms(arms);
}

/** What --json prints: the lists of single calls only where they are asked for. */
function answer(
  documents: readonly JsonObject[],
  comparison: ArmComparison | undefined,
  verbose: boolean,
): JsonObject {
  const runs = verbose ? documents : documents.map(withoutTimelines);
  return { runs: [...runs], ...(comparison && { comparison: { ...comparison } as unknown as JsonObject }) };
}

const TIMELINES = [
  'file_access_timeline',
  'tool_timeline',
  'search_queries',
  'test_timeline',
  'context_switches',
  'error_timeline',
];

function withoutTimelines(document: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(document), (name, value) =>
    TIMELINES.includes(name) && Array.isArray(value) ? undefined : value,
  ) as JsonObject;
}

async function save(document: JsonObject, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new CliError(EXIT.environment, `${folder} cannot be made: ${reasonOf(error)}.`);
  });
  const text = new TextEncoder().encode(jsonDocument(document));
  await saveFile(
    (async function* () {
      yield text;
    })(),
    join(folder, FILE),
  );
}
