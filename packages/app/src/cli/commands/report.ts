import { resolve } from 'node:path';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import { nowUs } from '@tacho/trace/model/time';
import { EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { tachoHome } from '../home.ts';
import { JUDGE_OPTIONS, judgeOptionsOf } from '../judge-options.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { reportScreen } from '../render/report-screen.ts';
import { RUN_QUERY_OPTIONS, runQueryOf } from '../run-query.ts';
import { saveFile } from '../save-file.ts';

/** Sums have no order. */
const FILTER_OPTIONS = RUN_QUERY_OPTIONS.filter(({ flags }) => !/^--(sort|ascending)\b/.test(flags));

export const report: Command = {
  name: 'report',
  summary: 'say what many runs came to, by agent, benchmark and model, and over time',
  options: [
    { flags: '--full', description: 'with a table of every run' },
    ...JUDGE_OPTIONS,
    {
      flags: '-o, --output <file>',
      description: 'write to a file: as JSON where its name ends in .json, or with --json',
    },
    ...FILTER_OPTIONS,
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho report', 'all runs'],
    ['tacho report --label benchmark=10figure --from 7d', 'one benchmark, the last week'],
    ['tacho report --task-type research --full', 'with every run'],
    ['tacho report --project search -o metrics_report.json', 'for programs'],
  ],
  notes: '`tacho analytics` is the same command.',
  async run(args, io) {
    const { descending: _, ...query } = runQueryOf(args, nowUs());
    const { infrastructure = [], successAt, missingAsFailure } = judgeOptionsOf(args);
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    for (const word of infrastructure) parameters.append('infrastructure', word);
    if (successAt !== undefined) parameters.set('successAt', String(successAt));
    if (missingAsFailure) parameters.set('missingAsFailure', 'true');
    if (args.flag('full')) parameters.set('full', 'true');
    const found = await withConnection(tachoHome(args.text('home'), io.env), (connection) =>
      getJson<RunsReport>(connection, `/api/report?${parameters}`),
    );
    const output = args.text('output');
    const toFile = output !== undefined && output !== '-';
    const asJson = args.flag('json') || (toFile && /\.json$/i.test(output));
    const text = asJson
      ? jsonDocument(found)
      : reportScreen(found, {
          columns: io.columns,
          colours: coloursFor(toFile ? { env: { NO_COLOR: '1' }, interactive: false } : io),
        });
    if (!toFile) io.out(text);
    else {
      await saveFile(chunksOf(text), resolve(io.cwd, output));
      io.err(`Written to ${output}.\n`);
    }
    return EXIT.done;
  },
};

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
