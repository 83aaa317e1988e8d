import { nowUs } from '@tacho/trace/model/time';
import type { Arguments } from './arguments.ts';
import { CliError, EXIT } from './cli-error.ts';
import type { Connection } from './connection.ts';
import { findRun } from './find-run.ts';
import { runPages } from './list-runs.ts';
import { hasRunFilter, runQueryOf } from './run-query.ts';

/** True when `--all` or any filter was typed. */
export function choosesMany(args: Arguments): boolean {
  return args.flag('all') || hasRunFilter(args);
}

/** The ids of the runs that were named, else of those that fit the filters; with none of them every run. */
export async function* chosenRuns(connection: Connection, args: Arguments): AsyncGenerator<string> {
  if (args.positional.length > 0) {
    if (choosesMany(args)) throw new CliError(EXIT.usage, 'Either runs, or --all and filters, not both.');
    for (const typed of args.positional) yield await findRun(connection, typed);
    return;
  }
  for await (const { runs } of runPages(connection, runQueryOf(args, nowUs())))
    for (const { runId } of runs) yield runId;
}
