import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Format } from '@tacho/trace/formats/format';
import { reasonOf } from '../../sources/walk.ts';
import { problemIn } from '../api-problem.ts';
import { choosesMany, chosenRuns, lastRun } from '../chosen-runs.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION } from '../command.ts';
import { type Connection, withConnection } from '../connection.ts';
import { FileNames } from '../file-names.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { bytes, plural } from '../render/figures.ts';
import { harmlessJson } from '../render/json-text.ts';
import { RUN_QUERY_OPTIONS } from '../run-query.ts';
import { saveFile } from '../save-file.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'write runs in another format',
  arguments: '[runs...]',
  options: [
    { flags: '--format <name>', description: 'telemetry, chrome-trace … (needed; a wrong name lists them)' },
    {
      flags: '-o, --output <path>',
      description:
        'a file; of several runs a folder, with a file for each, unless the format takes many in one',
    },
    { flags: '--all', description: 'every run; with filters, every run that fits' },
    ...RUN_QUERY_OPTIONS,
    HOME_OPTION,
  ],
  examples: [
    ['tacho export --format chrome-trace -o trace.json', 'the last run, for ui.perfetto.dev or speedscope'],
    [
      'tacho export 20260410_1432 --format telemetry',
      'a run by the beginning of its id, as a stream of records',
    ],
    ['tacho export --all --format telemetry | gzip > all.jsonl.gz', 'everything, one after the other'],
    [
      'tacho export --status error --from 7d --format otlp -o failed.jsonl',
      'what failed, for any tool that reads OpenTelemetry',
    ],
    ['tacho export --status error --format chrome-trace -o failed/', 'the same, a file a run'],
  ],
  async run(args, io) {
    const format = await writableFormat(args.text('format'));
    return withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const many = choosesMany(args) || args.positional.length > 1;
      const runs = many || args.positional.length > 0 ? chosenRuns(connection, args) : undefined;
      const output = args.text('output');
      if (!runs) await exportOne(connection, format, await lastRun(connection, args), output, io);
      else if (!many) await exportOne(connection, format, await first(runs), output, io);
      else if (format.concatenates) await exportTogether(connection, format, runs, output, io);
      else await exportApart(connection, format, runs, output, io);
      return EXIT.done;
    });
  },
};

async function first(runs: AsyncGenerator<string>): Promise<string> {
  const { value } = await runs.next();
  return value as string;
}

async function exportOne(
  connection: Connection,
  format: Format,
  runId: string,
  output: string | undefined,
  io: Io,
): Promise<void> {
  const body = await exported(connection, format, runId);
  if (output === undefined || output === '-') await print(body, format, io);
  else io.err(`${bytes(await saveFile(body, resolve(io.cwd, output)))} written to ${output}.\n`);
}

async function exportTogether(
  connection: Connection,
  format: Format,
  runs: AsyncIterable<string>,
  output: string | undefined,
  io: Io,
): Promise<void> {
  let count = 0;
  async function* all(): AsyncGenerator<Uint8Array> {
    for await (const runId of runs) {
      yield* await exported(connection, format, runId);
      count++;
    }
  }
  if (output === undefined || output === '-') await print(all(), format, io);
  else {
    const written = await saveFile(all(), resolve(io.cwd, output));
    io.err(`${plural(count, 'run')}, ${bytes(written)} written to ${output}.\n`);
  }
}

async function exportApart(
  connection: Connection,
  format: Format,
  runs: AsyncIterable<string>,
  output: string | undefined,
  io: Io,
): Promise<void> {
  if (output === undefined || output === '-')
    throw new CliError(
      EXIT.usage,
      `Several runs do not fit into one ${format.name} file: name a folder with -o.`,
    );
  const folder = resolve(io.cwd, output);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new CliError(EXIT.environment, `${folder} cannot be made: ${reasonOf(error)}.`);
  });
  const names = new FileNames();
  let count = 0;
  let written = 0;
  for await (const runId of runs) {
    const name = names.nameFor(runId, extensionOf(format));
    written += await saveFile(await exported(connection, format, runId), join(folder, name));
    count++;
  }
  io.err(`${plural(count, 'file')}, ${bytes(written)} written to ${output}.\n`);
}

async function exported(
  connection: Connection,
  format: Format,
  runId: string,
): Promise<ReadableStream<Uint8Array>> {
  const path = `/api/runs/${encodeURIComponent(runId)}/export?format=${format.name}`;
  const answer = await connection.fetch(path);
  if (!answer.ok || !answer.body) throw await problemIn(answer);
  return answer.body;
}

async function writableFormat(name: string | undefined): Promise<Format> {
  const { FORMATS } = await import('@tacho/trace/formats/index');
  const writable = FORMATS.filter((format) => format.write !== undefined);
  const found = writable.find((format) => format.name === name);
  if (found) return found;
  throw new CliError(
    EXIT.usage,
    name === undefined
      ? 'Say in which format: --format NAME.'
      : `There is no format "${name}" that can be written.`,
    writable.map((format) => `  ${format.name.padEnd(18)} ${format.title}`).join('\n'),
  );
}

async function print(body: AsyncIterable<Uint8Array>, format: Format, io: Io): Promise<void> {
  const decoder = new TextDecoder();
  const shown = /^\.jsonl?$/.test(extensionOf(format)) ? harmlessJson : (text: string) => text;
  for await (const chunk of body) {
    if (!(await io.writeOut(shown(decoder.decode(chunk, { stream: true }))))) return;
  }
  await io.writeOut(shown(decoder.decode()));
}

function extensionOf({ extension = '.json' }: Format): string {
  return extension;
}
