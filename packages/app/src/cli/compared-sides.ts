import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunQuery } from '@tacho/trace/wire/runs';
import type { PriceTable } from '../prices/price-table.ts';
import { NoRunsError } from '../server/compare/choice.ts';
import {
  allRuns,
  type ChooseOptions,
  type ChosenSide,
  chooseRuns,
  type RunPages,
  storePages,
} from '../server/compare/chosen-runs.ts';
import { importPaths } from '../sources/import.ts';
import { CliError, EXIT } from './cli-error.ts';
import { type Connection, withConnection } from './connection.ts';
import type { Io } from './io.ts';
import { runPages } from './list-runs.ts';
import { plural } from './render/figures.ts';
import { plainLine } from './render/plain.ts';
import { ProgressLine } from './render/progress-line.ts';

/** Together some hundred megabytes of summaries, and half a minute of arithmetic. */
const MOST_RUNS = 20_000;

export type SideOptions = {
  home: string;
  /** Filters that hold for both sides. */
  common: RunQuery;
  nowUs: number;
  priceTable: PriceTable | undefined;
};

/** True where what was typed leads to a file or folder; one that is written as a path must. */
export async function leadsToFiles(typed: string, cwd: string): Promise<boolean> {
  // The variable of a script that is not set would lead to the folder where we are.
  if (typed.trim() === '') return false;
  const there = (await stat(resolve(cwd, typed)).catch(() => undefined)) !== undefined;
  if (!there && /^(?:\.{0,2}[\\/]|[A-Za-z]:[\\/])/.test(typed))
    throw new CliError(EXIT.input, `${plainLine(typed)} does not exist.`);
  return there;
}

/** The runs of both sides: those of files and folders are read and forgotten, the others come from the store. */
export async function comparedSides(
  typed: readonly [baseline: string, treatment: string],
  options: SideOptions,
  io: Io,
): Promise<[baseline: ChosenSide, treatment: ChosenSide]> {
  const { common, nowUs } = options;
  const choose: ChooseOptions = { common, nowUs, most: MOST_RUNS };
  const files = [await leadsToFiles(typed[0], io.cwd), await leadsToFiles(typed[1], io.cwd)];
  const read = async (connection: Connection | undefined): Promise<[ChosenSide, ChosenSide]> => {
    const side = (which: 0 | 1): Promise<ChosenSide> =>
      files[which]
        ? fromFiles(typed[which], choose, options.priceTable, io)
        : chooseRuns(typed[which], connectionPages(connection!), choose);
    return [await side(0), await side(1)];
  };
  return files[0] && files[1] ? read(undefined) : withConnection(options.home, read);
}

function connectionPages(connection: Connection): RunPages {
  return async function* (query) {
    for await (const { runs } of runPages(connection, query)) yield runs;
  };
}

/**
 * Reads a file or folder into a store of its own that is gone afterwards: so calls are priced, counted once and put together
 * as they are in an import, and nothing is kept.
 */
async function fromFiles(
  typed: string,
  choose: ChooseOptions,
  priceTable: PriceTable | undefined,
  io: Io,
): Promise<ChosenSide> {
  const { openTacho } = await import('../server/open.ts');
  const home = await mkdtemp(join(tmpdir(), 'tacho-compare-'));
  const progress = new ProgressLine(io);
  try {
    const tacho = await openTacho({ home, ...(priceTable && { priceTable }) });
    try {
      const { runs, refused } = await importPaths([resolve(io.cwd, typed)], {
        sink: tacho.sink,
        signal: io.signal,
        onProgress: (now) => progress.show(() => `reading ${plural(now.filesTotal, 'file')} … ${now.path}`),
      });
      progress.clear();
      if (refused.length > 0)
        io.err(
          `${plainLine(typed)}: ${plural(refused.length, 'place')} could not be read; \`tacho import\` lists them.\n`,
        );
      if (runs.length === 0) throw new NoRunsError(`Nothing in ${typed} can be read as a run.`);
      const side = await allRuns(typed, storePages(tacho.store), choose);
      if (side.runs.length > 0) return side;
      throw new NoRunsError(`None of the ${plural(runs.length, 'run')} in ${typed} fits the filters.`);
    } finally {
      await tacho.close();
    }
  } catch (error) {
    if (io.signal.aborted) throw new CliError(EXIT.no, 'Stopped. Nothing was stored.');
    throw error;
  } finally {
    progress.clear();
    await rm(home, { recursive: true, force: true });
  }
}
