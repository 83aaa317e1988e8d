import type { RunDiff } from '@tacho/trace/analysis/diff/diff-runs';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { findRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { diffScreen, type OutcomeSteps, outcomeScreen } from '../render/diff-screen.ts';
import { jsonDocument } from '../render/json-text.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'set two runs beside each other, or the failing runs beside the passing ones',
  arguments: '[runs...]',
  options: [
    {
      flags: '--by-outcome',
      description:
        'steps that failing runs have and passing ones do not; of all runs, or of session=X, label=VALUE …',
    },
    { flags: '--all', description: 'everything that differs, not only the first of it' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho diff RUN RUN', 'where they part, what one has that the other has not, and the deltas'],
    ['tacho diff --by-outcome', 'of all runs: what do those that fail do?'],
    ['tacho diff --by-outcome session=nightly', 'of one session'],
  ],
  notes:
    'Spans are aligned by kind, name and arguments: one more step shifts nothing. Swapped runs give the swapped answer.\n' +
    'Exit code 0 whether the runs differ or not.',
  async run(args, io) {
    const { positional } = args;
    const screen = { columns: io.columns, colours: coloursFor(io) };
    const all = args.flag('all');
    return withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      if (args.flag('byOutcome')) {
        if (positional.length > 1)
          throw new CliError(
            EXIT.usage,
            '--by-outcome takes one set of runs: session=X, or a label, or none for all.',
          );
        const query = new URLSearchParams({ runs: positional[0] ?? '' });
        const answer = await getJson<OutcomeSteps>(connection, `/api/diff/outcomes?${query}`);
        io.out(args.flag('json') ? jsonDocument(answer) : outcomeScreen(answer, { all }, screen));
        return EXIT.done;
      }
      const [typedLeft, typedRight] = positional;
      if (typedLeft === undefined || typedRight === undefined || positional.length > 2)
        throw new CliError(
          EXIT.usage,
          'Two runs are needed: `tacho diff RUN RUN`.',
          '`tacho diff --by-outcome` sets failing runs beside passing ones; `tacho compare` compares sets of runs.',
        );
      const left = await findRun(connection, typedLeft);
      const right = await findRun(connection, typedRight);
      const answer = await getJson<RunDiff>(connection, `/api/diff?${new URLSearchParams({ left, right })}`);
      io.out(args.flag('json') ? jsonDocument(answer) : diffScreen(answer, { all }, screen));
      return EXIT.done;
    });
  },
};
