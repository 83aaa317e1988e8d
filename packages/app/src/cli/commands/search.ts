import type { SearchAnswer } from '@tacho/trace/wire/search';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { getJson, withConnection } from '../connection.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { searchScreen } from '../render/search-screen.ts';

export const search: Command = {
  name: 'search',
  summary: 'find a text in all runs: names, tasks, labels, inputs, outputs, errors, attributes',
  arguments: '<text...>',
  options: [
    { flags: '--limit <n>', description: 'so many places, in the newest runs first (default: 50)' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho search rate limit', 'the words as they stand, in any case'],
    ['tacho search "src/main.ts" --limit 5', 'the five newest places'],
  ],
  notes: 'Exit code 1 when the text occurs nowhere. It reads everything that is stored.',
  async run(args, io) {
    const text = args.positional.join(' ').trim();
    if (text === '') throw new CliError(EXIT.usage, 'What is to be looked for? `tacho search TEXT`.');
    const limit = args.number('limit', { min: 1, max: 1_000, whole: true });
    const parameters = new URLSearchParams({ text, ...(limit !== undefined && { limit: String(limit) }) });
    const answer = await withConnection(tachoHome(args.text('home'), io.env), (connection) =>
      getJson<SearchAnswer>(connection, `/api/search?${parameters}`),
    );
    if (args.flag('json')) io.out(jsonDocument(answer));
    else if (answer.total === 0) io.err('It occurs nowhere.\n');
    else io.out(searchScreen(answer, text, { columns: io.columns, colours: coloursFor(io) }));
    return answer.total === 0 ? EXIT.no : EXIT.done;
  },
};
