import type { RunReport } from '@tacho/trace/analysis/report';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { type Connection, getJson, withConnection } from '../connection.ts';
import { findRun, newestRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { listRuns } from '../list-runs.ts';
import { coloursFor } from '../render/colours.ts';
import { inspectScreen, inspectSummary } from '../render/inspect-screen.ts';
import { jsonDocument } from '../render/json-text.ts';
import { runTable } from '../render/run-table.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'tell what happened in the last run, or in any other',
  arguments: '[run]',
  options: [{ flags: '--all', description: 'all runs in a table' }, HOME_OPTION, JSON_OPTION],
  examples: [
    ['tacho inspect', 'the last run, in full'],
    ['tacho inspect 3', 'the last three runs, in short'],
    ['tacho inspect 20260410_1432', 'a run by its id, or the beginning of it'],
    ['tacho inspect --all', 'all runs, a line each'],
    ['tacho inspect RUN --json', 'everything that is known of a run'],
  ],
  async run(args, io) {
    const [typed] = args.positional;
    if (args.flag('all') && typed !== undefined)
      throw new CliError(EXIT.usage, 'Either a run or --all, not both.');
    const screen = { columns: io.columns, colours: coloursFor(io) };
    return withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const amount = args.flag('all') ? Number.POSITIVE_INFINITY : await amountIn(connection, typed);
      if (amount === undefined) {
        const runId = typed === undefined ? await newestRun(connection) : await findRun(connection, typed);
        const report = await reportOn(connection, runId);
        io.out(args.flag('json') ? jsonDocument(report) : inspectScreen(report, screen));
        return EXIT.done;
      }
      const list = await listRuns(connection, { sort: 'start', descending: true }, amount);
      if (args.flag('json')) io.out(jsonDocument(list));
      else if (list.runs.length === 0) io.err('There are no runs yet. `tacho demo` makes one.\n');
      else if (args.flag('all')) io.out(runTable(list.runs, screen));
      else {
        const reports: RunReport[] = [];
        for (const run of list.runs) reports.push(await reportOn(connection, run.runId));
        io.out(reports.map((report) => inspectSummary(report, screen)).join('\n'));
      }
      return EXIT.done;
    });
  },
};

/** `3` means the last three runs, unless a run is called that. */
async function amountIn(connection: Connection, typed: string | undefined): Promise<number | undefined> {
  if (typed === undefined || !/^\d{1,4}$/.test(typed)) return undefined;
  const run = await connection.fetch(`/api/runs/${typed}`);
  await run.body?.cancel();
  if (run.ok) return undefined;
  if (Number(typed) === 0)
    throw new CliError(EXIT.usage, 'How many runs? `tacho inspect 1` shows the last one.');
  return Number(typed);
}

function reportOn(connection: Connection, runId: string): Promise<RunReport> {
  return getJson<RunReport>(connection, `/api/runs/${encodeURIComponent(runId)}/report`);
}
