import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { findRun, newestRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { type PathAnswer, pathScreen } from '../render/path-screen.ts';

export const path: Command = {
  name: 'path',
  summary: 'say what decided how long a run took, and what would have made it shorter',
  arguments: '[run]',
  options: [
    {
      flags: '--what-if <spans>',
      description: 'how much sooner it ends without these: tool:NAME, model:, kind:, agent:, stage:, span:ID',
    },
    {
      flags: '--factor <part>',
      description: 'with --what-if: the part of their time that is left (default 0)',
    },
    { flags: '--all', description: 'every stretch of the path, not only the longest' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho path', 'the last run: its critical path, and what limits it'],
    ['tacho path RUN --what-if tool:Bash', 'the same run, if no shell command took any time'],
    ['tacho path RUN --what-if model:gpt-5 --factor 0.5', 'if that model were twice as fast'],
  ],
  notes:
    'The path is the chain of work that decides the run’s time: shorten anything else, and the run takes as long.\n' +
    'A saving is worked out by playing the run again with all its waiting; it is never more than the spans’ time.',
  async run(args, io) {
    const [typed] = args.positional;
    const what = args.text('whatIf');
    const factor = args.text('factor');
    if (factor !== undefined && what === undefined)
      throw new CliError(EXIT.usage, '--factor belongs to --what-if, which says what would be faster.');
    const query = new URLSearchParams({ ...(what && { what }), ...(factor && { factor }) });
    if (!args.flag('json')) query.set('spans', 'false');
    const answer = await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const runId = typed === undefined ? await newestRun(connection) : await findRun(connection, typed);
      return getJson<PathAnswer>(connection, `/api/runs/${encodeURIComponent(runId)}/path?${query}`);
    });
    const screen = { columns: io.columns, colours: coloursFor(io) };
    io.out(args.flag('json') ? jsonDocument(answer) : pathScreen(answer, { all: args.flag('all') }, screen));
    return EXIT.done;
  },
};
