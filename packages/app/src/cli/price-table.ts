import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type PriceTable, problemText } from '../prices/price-table.ts';
import { reasonOf } from '../sources/walk.ts';
import type { Arguments } from './arguments.ts';
import { CliError, EXIT } from './cli-error.ts';
import type { OptionSpec } from './command.ts';
import type { Io } from './io.ts';
import { coloursFor } from './render/colours.ts';
import { plural } from './render/figures.ts';
import { plainLine } from './render/plain.ts';

export const PRICE_TABLE_OPTION: OptionSpec = {
  flags: '--price-table <file>',
  description: 'prices of your own, in YAML, before the built-in ones (default: TACHO_PRICE_TABLE)',
};

/** A table of all models on sale has some 200 kB. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_SHOWN = 20;

/** A user's table, as it was named and as it was read. */
export type UserTable = { file: string; text: string; table: PriceTable };

/**
 * The table that was named, else that of TACHO_PRICE_TABLE. What is wrong in it is said; one that cannot be read, or in which
 * nothing works, ends the command: going on would mean other prices than those that were asked for.
 */
export async function userTable(args: Arguments, io: Io): Promise<UserTable | undefined> {
  const file = args.text('priceTable') ?? io.env.TACHO_PRICE_TABLE;
  if (file === undefined || file === '') return undefined;
  const path = resolve(io.cwd, file);
  const text = await readText(path).catch((error: unknown) => {
    throw new CliError(EXIT.input, `The price table ${plainLine(file)} cannot be read: ${reasonOf(error)}.`);
  });
  const { readTable } = await import('../prices/read-table.ts');
  const table = readTable(text, basename(path));
  const problems = tableProblems(table, file);
  if (table.rows === 0)
    throw new CliError(
      EXIT.input,
      `The price table ${plainLine(file)} has no row that works.`,
      problems.slice(0, MOST_SHOWN).join('\n') || undefined,
    );
  if (problems.length > 0) sayProblems(problems, file, io);
  return { file, text, table };
}

/** What is wrong in a table, a line each. */
export function tableProblems(table: PriceTable, file: string): string[] {
  return table.problems.map((problem) => plainLine(problemText(problem, file)));
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES / 1024 / 1024} MiB`);
  return readFile(path, 'utf8');
}

function sayProblems(problems: readonly string[], file: string, io: Io): void {
  const { yellow } = coloursFor({ env: io.env, interactive: io.errInteractive });
  io.err(
    `${yellow(`${plural(problems.length, 'problem')} in the price table ${plainLine(file)}; the rest of it works:`)}\n`,
  );
  for (const problem of problems.slice(0, MOST_SHOWN)) io.err(`  ${problem}\n`);
  if (problems.length > MOST_SHOWN)
    io.err(`  … and ${plural(problems.length - MOST_SHOWN, 'more', 'more')}\n`);
}
