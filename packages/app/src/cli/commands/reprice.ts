import type { Repricing } from '@tacho/trace/model/repricing';
import { problemIn } from '../api-problem.ts';
import { choosesMany, chosenRuns } from '../chosen-runs.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { type Connection, withConnection } from '../connection.ts';
import { tachoHome } from '../home.ts';
import { PRICE_TABLE_OPTION, type UserTable, userTable } from '../price-table.ts';
import { coloursFor } from '../render/colours.ts';
import { plural } from '../render/figures.ts';
import { jsonText } from '../render/json-text.ts';
import { ProgressLine } from '../render/progress-line.ts';
import { addRepricing, noRepricings, runLine, totalLines } from '../render/repricing-lines.ts';
import { RUN_QUERY_OPTIONS } from '../run-query.ts';

/** The list is walked through while costs in it change: only its usual order stays as it is. */
const FILTERS = RUN_QUERY_OPTIONS.filter(({ flags }) => !/^--(sort|ascending)/.test(flags));

export const reprice: Command = {
  name: 'reprice',
  summary: 'price stored runs anew, with the prices in force or with a table of your own',
  arguments: '[runs...]',
  options: [
    { flags: '--all', description: 'every run' },
    ...FILTERS,
    PRICE_TABLE_OPTION,
    { flags: '--dry-run', description: 'only say what it would come to' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho reprice --all --price-table prices.yaml --dry-run', 'what every run would cost by this table'],
    ['tacho reprice 20260410_1432 --price-table prices.yaml', 'one run, by the beginning of its id'],
    ['tacho reprice --project alpha --from 30d', 'a project’s last month, at the prices in force'],
  ],
  notes:
    'Without a table the prices in force count: those of the running server, else the built-in ones.\n' +
    'Prices are those of the day of each call. Doing it again changes nothing.',
  async run(args, io) {
    if (args.positional.length === 0 && !choosesMany(args))
      throw new CliError(EXIT.usage, 'Say which runs: by their ids, by filters, or --all.');
    const table = await userTable(args, io);
    const dryRun = args.flag('dryRun');
    const json = args.flag('json');
    const colours = coloursFor(io);
    const total = noRepricings();
    const progress = new ProgressLine(io);
    await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const runs = chosenRuns(connection, args);
      if (json) await io.writeOut(`{"dryRun":${dryRun},"runs":[`);
      for await (const runId of runs) {
        if (io.signal.aborted) {
          progress.clear();
          throw new CliError(
            EXIT.no,
            `Stopped after ${plural(total.runs, 'run')}. Those keep their new prices.`,
          );
        }
        const repriced = await repriceRun(connection, runId, dryRun, table);
        // Deleted while we were on our way to it.
        if (!repriced) continue;
        if (json) await io.writeOut(`${total.runs === 0 ? '' : ','}\n${jsonText(repriced)}`);
        else if (repriced.changed > 0 || args.positional.length > 0) {
          progress.clear();
          await io.writeOut(runLine(repriced, colours));
        }
        addRepricing(total, repriced);
        progress.show(() => `${plural(total.runs, 'run')} priced`);
      }
      progress.clear();
      await io.writeOut(json ? `],\n"total":${jsonText(total)}}\n` : totalLines(total, dryRun, colours));
    });
    return EXIT.done;
  },
};

async function repriceRun(
  connection: Connection,
  runId: string,
  dryRun: boolean,
  table: UserTable | undefined,
): Promise<Repricing | undefined> {
  const answer = await connection.fetch(`/api/runs/${encodeURIComponent(runId)}/reprice`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      dryRun,
      ...(table && { priceTable: { name: table.table.name, text: table.text } }),
    }),
  });
  if (answer.status === 404) {
    await answer.body?.cancel();
    return undefined;
  }
  if (!answer.ok) throw await problemIn(answer);
  // What is wrong in the table was said when it was read.
  const { problems: _, ...repricing } = (await answer.json()) as Repricing & { problems?: string[] };
  return repricing;
}
