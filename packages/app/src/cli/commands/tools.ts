import type { ToolReport } from '@tacho/trace/analysis/tool-profile';
import { nowUs } from '@tacho/trace/model/time';
import type { ToolsAnswer } from '@tacho/trace/wire/tools';
import type { Arguments } from '../arguments.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { type Connection, getJson, withConnection } from '../connection.ts';
import { findRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { toolScreen } from '../render/tool-screen.ts';
import { toolTable } from '../render/tool-table.ts';
import { listOptionsTyped, RUN_QUERY_OPTIONS, runQueryOf } from '../run-query.ts';

/** Tools come by their calls, whatever the order of the runs. */
const FILTER_OPTIONS = RUN_QUERY_OPTIONS.filter(({ flags }) => !/^--(sort|ascending)\b/.test(flags));
const USUAL = 50;

export const tools: Command = {
  name: 'tools',
  summary: 'say what tools were used for and how their calls went: in one run, or in many',
  arguments: '[run]',
  options: [
    { flags: '--limit <n>', description: `of many runs so many tools, the most used (default: ${USUAL})` },
    ...FILTER_OPTIONS,
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho tools latest', 'the last run: categories, tools, failures'],
    ['tacho tools', 'each tool over all runs'],
    ['tacho tools --project shop --from 7d', 'over the runs of one project, of the last week'],
  ],
  notes:
    'SUCCESS is of the calls that succeeded or failed; TIME and the percentiles are of the calls that have an end.\n' +
    'Of one run a shell counts by its commands, call by call; of many runs a category is what the tool’s name tells.',
  async run(args, io) {
    const [typed] = args.positional;
    const limit = args.number('limit', { min: 1, max: 1_000, whole: true });
    const screen = { columns: io.columns, colours: coloursFor(io) };
    const text = await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      if (typed !== undefined) {
        const report = await reportOf(connection, typed, args);
        return args.flag('json') ? jsonDocument(report) : toolScreen(report, screen);
      }
      const list = await listOf(connection, args, limit ?? USUAL);
      return args.flag('json') ? jsonDocument(list) : toolTable(list, screen);
    });
    io.out(text);
    return EXIT.done;
  },
};

async function reportOf(
  connection: Connection,
  typed: string,
  args: Arguments,
): Promise<{ runId: string } & ToolReport> {
  const [idle] = [...(args.text('limit') === undefined ? [] : ['--limit']), ...listOptionsTyped(args)];
  if (idle !== undefined)
    throw new CliError(
      EXIT.usage,
      `Either a run, or filters, not both: ${idle} says nothing of a run that is named.`,
      `Leave out ${idle}, or the name.`,
    );
  const runId = await findRun(connection, typed);
  return getJson(connection, `/api/runs/${encodeURIComponent(runId)}/tools`);
}

function listOf(connection: Connection, args: Arguments, limit: number): Promise<ToolsAnswer> {
  const { sort: _, descending: __, ...query } = runQueryOf(args, nowUs());
  const parameters = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return getJson(connection, `/api/tools?${parameters}`);
}
