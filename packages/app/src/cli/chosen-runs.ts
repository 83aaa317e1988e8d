import { nowUs } from '@tacho/trace/model/time';
import type { RunQuery } from '@tacho/trace/wire/runs';
import type { Arguments } from './arguments.ts';
import { CliError, EXIT } from './cli-error.ts';
import type { Connection } from './connection.ts';
import { findRun, newestRun } from './find-run.ts';
import { runPages } from './list-runs.ts';
import { hasRunFilter, listOptionsTyped, runQueryOf } from './run-query.ts';

/** True when `--all` or any filter was typed. */
export function choosesMany(args: Arguments): boolean {
  return args.flag('all') || hasRunFilter(args);
}

/** The ids of the runs that were named, else of those that fit the filters; with none of them every run. */
export function chosenRuns(connection: Connection, args: Arguments): AsyncGenerator<string> {
  if (args.positional.length === 0) return fittingRuns(connection, runQueryOf(args, nowUs()));
  const [idle] = [...(args.flag('all') ? ['--all'] : []), ...listOptionsTyped(args)];
  if (idle !== undefined)
    throw new CliError(
      EXIT.usage,
      `Either runs, or --all and filters, not both: ${idle} says nothing of a run that is named.`,
      `Leave out ${idle}, or the names.`,
    );
  return namedRuns(connection, args.positional);
}

/** The run that started last, where none was named and none is chosen. */
export function lastRun(connection: Connection, args: Arguments): Promise<string> {
  const [idle] = listOptionsTyped(args);
  if (idle === undefined) return newestRun(connection);
  throw new CliError(
    EXIT.usage,
    `${idle} alone chooses no run: without --all or a filter it is the last one.`,
    `Type --all or a filter too, or leave out ${idle}.`,
  );
}

async function* namedRuns(connection: Connection, names: readonly string[]): AsyncGenerator<string> {
  for (const typed of names) yield await findRun(connection, typed);
}

async function* fittingRuns(connection: Connection, query: RunQuery): AsyncGenerator<string> {
  for await (const { runs } of runPages(connection, query)) for (const { runId } of runs) yield runId;
}
