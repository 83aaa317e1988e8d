import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf } from '../../sources/walk.ts';
import { problemIn } from '../api-problem.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION } from '../command.ts';
import { withConnection } from '../connection.ts';
import { findRun, newestRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { bytes } from '../render/figures.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'write a run in another format',
  arguments: '[run]',
  options: [
    { flags: '--format <name>', description: 'telemetry, chrome-trace … (needed; a wrong name lists them)' },
    { flags: '-o, --output <file>', description: 'write to a file instead of standard output' },
    HOME_OPTION,
  ],
  examples: [
    ['tacho export --format chrome-trace -o trace.json', 'the last run, for ui.perfetto.dev or speedscope'],
    [
      'tacho export 20260410_1432 --format telemetry',
      'a run by the beginning of its id, as a stream of records',
    ],
  ],
  async run(args, io) {
    const name = await writableFormat(args.text('format'));
    const [typed] = args.positional;
    return withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const runId = typed === undefined ? await newestRun(connection) : await findRun(connection, typed);
      const path = `/api/runs/${encodeURIComponent(runId)}/export?format=${name}`;
      const answer = await connection.fetch(path);
      if (!answer.ok || !answer.body) throw await problemIn(answer);
      const output = args.text('output');
      if (output === undefined || output === '-') await print(answer.body, io);
      else io.err(`${bytes(await save(answer.body, resolve(io.cwd, output)))} written to ${output}.\n`);
      return EXIT.done;
    });
  },
};

async function writableFormat(name: string | undefined): Promise<string> {
  const { FORMATS } = await import('@tacho/trace/formats/index');
  const writable = FORMATS.filter((format) => format.write !== undefined);
  if (name !== undefined && writable.some((format) => format.name === name)) return name;
  throw new CliError(
    EXIT.usage,
    name === undefined
      ? 'Say in which format: --format NAME.'
      : `There is no format "${name}" that can be written.`,
    writable.map((format) => `  ${format.name.padEnd(14)} ${format.title}`).join('\n'),
  );
}

async function print(body: ReadableStream<Uint8Array>, io: Io): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    if (!(await io.writeOut(decoder.decode(chunk, { stream: true })))) return;
  }
  await io.writeOut(decoder.decode());
}

/** Written beside and moved into place: a file with the name is always a whole one. */
async function save(body: ReadableStream<Uint8Array>, file: string): Promise<number> {
  const draft = `${file}.${process.pid}.part`;
  const handle = await open(draft, 'w').catch((error: unknown) => {
    throw new CliError(EXIT.environment, `${file} cannot be written: ${reasonOf(error)}.`);
  });
  let written = 0;
  try {
    for await (const chunk of body) {
      await handle.writeFile(chunk);
      written += chunk.length;
    }
    await handle.close();
    await rename(draft, file);
    return written;
  } catch (error) {
    await handle.close();
    await rm(draft, { force: true });
    throw error;
  }
}
