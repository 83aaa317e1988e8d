import { nowUs } from '@tacho/trace/model/time';
import { EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { withConnection } from '../connection.ts';
import { tachoHome } from '../home.ts';
import { listRuns } from '../list-runs.ts';
import { coloursFor } from '../render/colours.ts';
import { count } from '../render/figures.ts';
import { jsonDocument } from '../render/json-text.ts';
import { runTable } from '../render/run-table.ts';
import { hasRunFilter, RUN_QUERY_OPTIONS, runQueryOf } from '../run-query.ts';

const DEFAULT_LIMIT = 20;

export const runs: Command = {
  name: 'runs',
  summary: 'list runs',
  options: [
    ...RUN_QUERY_OPTIONS,
    { flags: '--limit <n>', description: `at most n runs (default: ${DEFAULT_LIMIT}; 0: all)` },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho runs', 'the newest runs'],
    ['tacho runs --status error --from 7d', 'what failed in the last week'],
    ['tacho runs --model opus --sort cost --limit 5', 'the most expensive ones of a model'],
    ['tacho runs --json | jq -r ".runs[].runId"', 'ids, for scripts'],
  ],
  async run(args, io) {
    const query = runQueryOf(args, nowUs());
    const limit = args.number('limit', { min: 0, whole: true }) ?? DEFAULT_LIMIT;
    const found = await withConnection(tachoHome(args.text('home'), io.env), (connection) =>
      listRuns(connection, query, limit === 0 ? Number.POSITIVE_INFINITY : limit),
    );
    if (args.flag('json')) {
      io.out(jsonDocument(found));
      return EXIT.done;
    }
    if (found.runs.length === 0) {
      io.err(
        hasRunFilter(args)
          ? 'No run fits. `tacho runs --limit 0` lists all of them.\n'
          : 'No runs. `tacho demo` makes one, `tacho import PATH` reads some.\n',
      );
      return EXIT.done;
    }
    io.out(runTable(found.runs, { columns: io.columns, colours: coloursFor(io) }));
    if (found.total > found.runs.length)
      io.err(`${count(found.runs.length)} of ${count(found.total)} runs; --limit shows more.\n`);
    return EXIT.done;
  },
};
