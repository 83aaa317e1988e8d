import { resolve } from 'node:path';
import type { ImportProgress, ImportResult } from '../../sources/import.ts';
import type { SourcePosition } from '../../sources/record-sink.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { type Connection, getJson, withConnection } from '../connection.ts';
import { keepHeapSmall } from '../heap-growth.ts';
import { tachoHome } from '../home.ts';
import { PRICE_TABLE_OPTION, userTable } from '../price-table.ts';
import { coloursFor } from '../render/colours.ts';
import { bytes, count, plural } from '../render/figures.ts';
import { importScreen } from '../render/import-screen.ts';
import { jsonDocument } from '../render/json-text.ts';
import { ProgressLine } from '../render/progress-line.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'read logs and sessions, of Tacho and of other tools, into the store',
  arguments: '<paths...>',
  options: [
    {
      flags: '--format <name>',
      description: 'read everything as this format instead of recognising it by its content',
    },
    PRICE_TABLE_OPTION,
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho import ~/.claude/projects', 'all sessions of Claude Code'],
    ['tacho import logs/run-7/telemetry.jsonl', 'one recorded run'],
    ['zcat old.jsonl.gz | tacho import -', 'standard input'],
  ],
  notes:
    'Folders are searched whole, but never left through a link. Reading the same file again counts nothing twice.\n' +
    'Exit code 3 when nothing could be read; what was refused is listed, with its place and the reason.',
  async run(args, io) {
    const { formatNamed } = await import('@tacho/trace/formats/index');
    const { importPaths } = await import('../../sources/import.ts');
    keepHeapSmall();
    const name = args.text('format');
    const format = name === undefined ? undefined : formatNamed(name);
    if (name !== undefined && format?.read === undefined) throw await unknownFormat(name);
    const paths = args.positional.map((path) => (path === '-' ? path : resolve(io.cwd, path)));
    const prices = await userTable(args, io);
    const progress = new ProgressLine(io);
    const home = tachoHome(args.text('home'), io.env);
    const readAll = async (connection: Connection): Promise<ImportResult> => {
      if (connection.url !== undefined && args.text('priceTable') !== undefined)
        throw serverPrices(connection.url);
      try {
        return await importPaths(paths, {
          sink: connection.sink,
          // A format that was named is a wish to read the file anew.
          ...(!format && { positions: await positionsOf(connection) }),
          stdin: io.stdin,
          signal: io.signal,
          onProgress: (now) => progress.show(() => progressText(now)),
          ...(format && { format }),
        });
      } catch (error) {
        if (io.signal.aborted) throw new CliError(EXIT.no, 'Stopped. What was read so far is stored.');
        throw error;
      } finally {
        progress.clear();
      }
    };
    const options = { importing: true, ...(prices && { priceTable: prices.table }) };
    const result = await withConnection(home, readAll, options);
    const { files, records, duplicates, unchanged, refused } = result;
    if (args.flag('json')) io.out(jsonDocument(result));
    else {
      const { told, left } = importScreen(result, io.cwd, coloursFor(io));
      io.out(told);
      io.err(left);
    }
    const nothing = files === 0 || records + duplicates + unchanged === 0;
    return nothing && refused.length > 0 ? EXIT.input : EXIT.done;
  },
};

function serverPrices(url: string): CliError {
  return new CliError(
    EXIT.usage,
    `The server at ${url} prices what comes in, with its own table: --price-table cannot change that.`,
    'Start it with --price-table, or import without and run `tacho reprice --price-table` afterwards.',
  );
}

/** How far files were read before: those that have not changed are left alone. */
async function positionsOf(connection: Connection): Promise<Map<string, SourcePosition>> {
  const { sources } = await getJson<{ sources: SourcePosition[] }>(connection, '/api/sources');
  return new Map(sources.map((position) => [position.uri, position]));
}

async function unknownFormat(name: string): Promise<CliError> {
  const { readableFormats } = await import('../../sources/recognise.ts');
  const known = readableFormats().map((format) => format.name);
  return new CliError(
    EXIT.usage,
    `There is no format "${name}" that can be read.`,
    `Known: ${known.join(', ')}.`,
  );
}

function progressText(now: ImportProgress): string {
  if (now.phase === 'looking') return `looking … ${plural(now.filesTotal, 'file')}`;
  const share = now.bytesTotal === 0 ? 1 : Math.min(1, now.bytes / now.bytesTotal);
  return (
    `${String(Math.floor(share * 100)).padStart(3)} %  ${bytes(now.bytes)} of ${bytes(now.bytesTotal)}  ` +
    `${count(now.files)}/${plural(now.filesTotal, 'file')}  ${plural(now.records, 'record')}  ${now.path}`
  );
}
