import type { JsonValue } from '@tacho/trace/model/json';
import type { OwnQueryResult } from '../../store/store.ts';
import { problemIn } from '../api-problem.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { withConnection } from '../connection.ts';
import { tachoHome } from '../home.ts';
import { coloursFor } from '../render/colours.ts';
import { count } from '../render/figures.ts';
import { jsonDocument, jsonLine } from '../render/json-text.ts';
import { queryCsv, queryTable } from '../render/query-table.ts';

export const query: Command = {
  name: 'query',
  summary: 'answer SQL of your own over the stored runs, spans and scores',
  arguments: '<sql...>',
  options: [
    { flags: '--limit <n>', description: 'so many rows at most (default: 1000)' },
    { flags: '--timeout <seconds>', description: 'stop after so long (default: 10)' },
    { flags: '--format <format>', description: 'table, csv or jsonl (default: table)' },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    [
      'tacho query "SELECT model, sum(tokens) FROM tacho_spans WHERE NOT duplicate GROUP BY model"',
      'by model',
    ],
    [
      'tacho query "SELECT labels[\'variant\'] AS variant, avg(score) FROM tacho_runs GROUP BY variant"',
      'by label',
    ],
    ['tacho query "DESCRIBE tacho_spans" --format csv', 'the columns of a view'],
  ],
  notes:
    'DuckDB’s SQL over the views tacho_runs, tacho_spans and tacho_scores (docs/query.md). It can only read,\n' +
    'and opens no file but the store.',
  async run(args, io) {
    const sql = args.positional.join(' ');
    const format = args.flag('json') ? 'json' : (args.text('format') ?? 'table');
    if (args.flag('json') && args.text('format') !== undefined)
      throw new CliError(EXIT.usage, `Either --json or --format ${args.text('format')}, not both.`);
    if (!['table', 'csv', 'jsonl', 'json'].includes(format))
      throw new CliError(EXIT.usage, `--format needs table, csv or jsonl, not "${format}".`);
    const limit = args.number('limit', { min: 1, max: 100_000, whole: true });
    const seconds = args.number('timeout', { min: 0.001, max: 300 });
    const body = JSON.stringify({
      sql,
      ...(limit !== undefined && { limit }),
      ...(seconds !== undefined && { timeoutMs: Math.max(1, Math.round(seconds * 1000)) }),
    });
    const result = await withConnection(tachoHome(args.text('home'), io.env), async (connection) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await connection.fetch('/api/query', { method: 'POST', body, headers });
      if (!answer.ok) throw await problemIn(answer);
      return (await answer.json()) as OwnQueryResult;
    });
    if (format === 'json') io.out(jsonDocument(result));
    else if (format === 'jsonl') io.out(jsonLines(result));
    else if (format === 'csv') io.out(queryCsv(result));
    else io.out(queryTable(result, { columns: io.columns, colours: coloursFor(io) }));
    if (result.truncated) io.err(`The first ${count(result.rows.length)} rows: --limit shows more.\n`);
    return EXIT.done;
  },
};

function jsonLines({ columns, rows }: OwnQueryResult): string {
  return rows
    .map((row) => {
      const entries = row.map((value, at): [string, JsonValue] => [columns[at]!.name, value]);
      return jsonLine(Object.fromEntries(entries));
    })
    .join('');
}
