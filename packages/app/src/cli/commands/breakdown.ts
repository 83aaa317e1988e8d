import type { Breakdown } from '@tacho/trace/analysis/breakdown';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { findRun, newestRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { BREAKDOWNS, breakdownScreen } from '../render/breakdown-screen.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';

export const breakdown: Command = {
  name: 'breakdown',
  summary: 'take a run apart by stage, agent, tool and model: time, calls, tokens, cost',
  arguments: '[run]',
  options: [
    { flags: '--by <part>', description: `only one of ${BREAKDOWNS.join(', ')}` },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho breakdown', 'the last run, in all four ways'],
    ['tacho breakdown RUN --by tool', 'its tools: calls, errors, time'],
  ],
  notes:
    'TIME is from start to end, of tools and models the sum of their calls; WORK what no span below explains, which adds up;\n' +
    'RAN the time in which anything of it ran; CPU that of the processor, where a stage’s programs were measured.\n' +
    'Stages, agents and models each add up to the run’s tokens.',
  async run(args, io) {
    const [typed] = args.positional;
    const by = args.text('by');
    const chosen = by === undefined ? BREAKDOWNS : BREAKDOWNS.filter((known) => known === by);
    if (chosen.length === 0)
      throw new CliError(EXIT.usage, `--by needs one of ${BREAKDOWNS.join(', ')}, not "${by}".`);
    if (by !== undefined && args.flag('json'))
      throw new CliError(
        EXIT.usage,
        '--by chooses among the tables, and --json has all of them: leave one out.',
      );
    const answer = await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const runId = typed === undefined ? await newestRun(connection) : await findRun(connection, typed);
      return getJson<{ runId: string } & Breakdown>(
        connection,
        `/api/runs/${encodeURIComponent(runId)}/breakdown`,
      );
    });
    io.out(
      args.flag('json')
        ? jsonDocument(answer)
        : breakdownScreen(answer, chosen, { columns: io.columns, colours: coloursFor(io) }),
    );
    return EXIT.done;
  },
};
