import type { DecisionPath } from '@tacho/trace/analysis/decisions';
import { EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { findRun, newestRun } from '../find-run.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { decisionScreen } from '../render/decision-screen.ts';
import { jsonDocument } from '../render/json-text.ts';

export const decisions: Command = {
  name: 'decisions',
  summary: 'tell what was decided in a run, and why: the way from the question to the result',
  arguments: '[run]',
  options: [HOME_OPTION, JSON_OPTION],
  examples: [['tacho decisions', 'the last run: every decision with its reasoning']],
  notes:
    'Decisions are spans of kind `decision`: trace.decision(name, { reasoning, inputs, outputs }), or `metadata.reasoning`\n' +
    'of a harness trace.',
  async run(args, io) {
    const [typed] = args.positional;
    const answer = await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const runId = typed === undefined ? await newestRun(connection) : await findRun(connection, typed);
      return getJson<DecisionPath>(connection, `/api/runs/${encodeURIComponent(runId)}/decisions`);
    });
    io.out(
      args.flag('json')
        ? jsonDocument(answer)
        : decisionScreen(answer, { columns: io.columns, colours: coloursFor(io) }),
    );
    return EXIT.done;
  },
};
