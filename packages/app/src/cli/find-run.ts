import type { RunList } from '@tacho/trace/wire/runs';
import { CliError, EXIT } from './cli-error.ts';
import { type Connection, getJson } from './connection.ts';
import { plainLine } from './render/plain.ts';
import { runListPath } from './run-query.ts';

/** Runs named when what was typed fits several. */
const MOST_NAMED = 5;

/**
 * The id of the run that a person means: the whole id, its beginning, the run's name, a part of either that no other run
 * has, or `latest`. What only stands in its task or its labels names no run.
 */
export async function findRun(connection: Connection, typed: string): Promise<string> {
  if (typed === 'latest') return newestRun(connection);
  const exact = await connection.fetch(`/api/runs/${encodeURIComponent(typed)}`);
  await exact.body?.cancel();
  if (exact.ok) return typed;
  const { runs } = await getJson<RunList>(
    connection,
    runListPath({ search: typed, sort: 'start', descending: true, limit: 200 }),
  );
  const begins = runs.filter((run) => run.runId.startsWith(typed));
  const named = runs.filter((run) => run.name === typed);
  const inPart = runs.filter((run) =>
    `${run.runId}\n${run.name}`.toLowerCase().includes(typed.toLowerCase()),
  );
  const found = begins.length > 0 ? begins : named.length > 0 ? named : inPart;
  if (found.length === 1) return found[0]!.runId;
  if (found.length === 0)
    throw new CliError(EXIT.input, `There is no run "${plainLine(typed)}".`, '`tacho runs` lists them.');
  const names = found.slice(0, MOST_NAMED).map((run) => `  ${plainLine(run.runId)}  ${plainLine(run.name)}`);
  const more = found.length > MOST_NAMED ? `\n  … and ${found.length - MOST_NAMED} more` : '';
  throw new CliError(
    EXIT.input,
    `"${plainLine(typed)}" fits ${found.length} runs; type more of the id.`,
    `${names.join('\n')}${more}`,
  );
}

/** The run that started last. */
export async function newestRun(connection: Connection): Promise<string> {
  const { runs } = await getJson<RunList>(
    connection,
    runListPath({ sort: 'start', descending: true, limit: 1 }),
  );
  if (runs[0]) return runs[0].runId;
  throw new CliError(
    EXIT.input,
    'There are no runs yet.',
    '`tacho demo` makes one, `tacho import PATH` reads some.',
  );
}
