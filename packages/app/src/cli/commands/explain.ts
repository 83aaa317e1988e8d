import type { Explanation } from '@tacho/trace/model/explanation';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { findRun, newestRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { explainScreen, VERDICTS } from '../render/explain-screen.ts';
import { jsonDocument } from '../render/json-text.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'say which calls make up the tokens and the cost of a run, and which do not count',
  arguments: '[run]',
  options: [
    { flags: '--verdict <verdict>', description: `only spans that are ${VERDICTS.join(', ')}` },
    { flags: '--all', description: 'every span, not only the largest' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho explain', 'the last run: what counted, at which prices, and what did not'],
    ['tacho explain RUN --verdict duplicate --all', 'every call that is counted elsewhere'],
    ['tacho explain RUN --json', 'every span with its verdict and the reason'],
  ],
  notes:
    'counted: a model call, in full. unattributed: a sum that is larger than the calls below it, by the difference.\n' +
    'roll-up: a sum of calls that are counted themselves. duplicate: the same call is counted elsewhere.',
  async run(args, io) {
    const [typed] = args.positional;
    const verdict = args.text('verdict');
    if (verdict !== undefined && !VERDICTS.some((known) => known === verdict))
      throw new CliError(EXIT.usage, `--verdict needs one of ${VERDICTS.join(', ')}, not "${verdict}".`);
    const explanation = await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const runId = typed === undefined ? await newestRun(connection) : await findRun(connection, typed);
      return getJson<Explanation>(connection, `/api/runs/${encodeURIComponent(runId)}/explain`);
    });
    const spans = explanation.spans.filter((span) => verdict === undefined || span.verdict === verdict);
    if (args.flag('json')) io.out(jsonDocument({ ...explanation, spans }));
    else {
      const screen = { columns: io.columns, colours: coloursFor(io) };
      io.out(explainScreen({ ...explanation, spans }, { all: args.flag('all'), verdict }, screen));
    }
    return EXIT.done;
  },
};
