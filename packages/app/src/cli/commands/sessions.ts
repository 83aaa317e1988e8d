import { nowUs } from '@tacho/trace/model/time';
import type { SessionList } from '@tacho/trace/wire/search';
import { EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { sessionTable } from '../render/session-table.ts';
import { RUN_QUERY_OPTIONS, runQueryOf } from '../run-query.ts';

/** Orders are of runs: sessions come newest first. */
const NO_ORDER = /^--(sort|ascending)\b/;

export const sessions: Command = {
  name: 'sessions',
  summary: 'list sessions: what their runs came to together',
  options: [
    { flags: '--limit <n>', description: 'so many sessions, the newest (default: 50)' },
    ...RUN_QUERY_OPTIONS.filter(({ flags }) => !NO_ORDER.test(flags)),
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho sessions', 'the newest sessions'],
    ['tacho sessions --project shop --from 7d', 'of one project, of the last week'],
  ],
  notes: 'With filters a session has only the runs that fit.',
  async run(args, io) {
    const { sort: _, descending: __, ...query } = runQueryOf(args, nowUs());
    const limit = args.number('limit', { min: 1, max: 1_000, whole: true });
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    if (limit !== undefined) parameters.set('limit', String(limit));
    const list = await withConnection(tachoHome(args.text('home'), io.env), (connection) =>
      getJson<SessionList>(connection, `/api/sessions?${parameters}`),
    );
    if (args.flag('json')) io.out(jsonDocument(list));
    else if (list.sessions.length === 0)
      io.err('No session fits. `tacho runs` lists runs, also those of no session.\n');
    else {
      io.out(sessionTable(list.sessions, { columns: io.columns, colours: coloursFor(io) }));
      const left = list.total - list.sessions.length;
      if (left > 0) io.err(`… and ${left} more: --limit shows more of them.\n`);
    }
    return EXIT.done;
  },
};
