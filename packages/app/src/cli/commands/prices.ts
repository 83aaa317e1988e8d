import { nowUs, parseTimestamp } from '@tacho/trace/model/time';
import { emptyUsage, type Usage } from '@tacho/trace/model/usage';
import type { Arguments } from '../arguments.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.ts';
import { type Command, JSON_OPTION } from '../command.ts';
import type { Io } from '../io.ts';
import { similar } from '../nearest.ts';
import { PRICE_TABLE_OPTION, tableProblems, type UserTable, userTable } from '../price-table.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { modelScreen, type TablesInForce, tablesScreen } from '../render/prices-screen.ts';

/** Options for what was used, and the buckets that they are. */
const AMOUNTS = [
  ['input', 'inputTokens', 'uncached input tokens'],
  ['output', 'outputTokens', 'output tokens without reasoning'],
  ['cacheRead', 'cacheReadTokens', 'tokens read from a cache'],
  ['cacheWrite', 'cacheWriteTokens', 'tokens written to a five-minute cache'],
  ['reasoning', 'reasoningTokens', 'reasoning tokens'],
] as const;
const FLAGS: Record<(typeof AMOUNTS)[number][0], string> = {
  input: '--input <n>',
  output: '--output <n>',
  cacheRead: '--cache-read <n>',
  cacheWrite: '--cache-write <n>',
  reasoning: '--reasoning <n>',
};
const ABOUT_A_MODEL = ['provider', 'project', 'at'];
const MOST_SUGGESTED = 5;

export const prices: Command = {
  name: 'prices',
  summary: 'say what a model costs and where that price stands, or which tables are in force',
  arguments: '[model]',
  options: [
    { flags: '--provider <name>', description: 'as the call names it: anthropic, openrouter, aws.bedrock …' },
    { flags: '--project <name>', description: 'with the prices that a table has for a project' },
    { flags: '--at <day>', description: 'prices of that day, 2026-03-13 (default: today)' },
    ...AMOUNTS.map(([name, , what]) => ({
      flags: FLAGS[name],
      description: `compute the cost of so many ${what}`,
    })),
    PRICE_TABLE_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho prices', 'the tables in force, and what is wrong in yours'],
    ['tacho prices claude-sonnet-4-5 --input 300000 --output 2000', 'a call, computed line by line'],
    ['tacho prices gpt-5 --at 2026-01-01 --price-table prices.yaml', 'a day’s price, with a table of yours'],
  ],
  notes:
    'Exit code 1 when the price is unknown. Nothing is asked over the network; names are only suggested, never taken.',
  async run(args, io) {
    const [model] = args.positional;
    const usage = usageOf(args);
    const atUs = timeOf(args.text('at'));
    if (model === undefined && (usage || ABOUT_A_MODEL.some((name) => args.text(name) !== undefined)))
      throw new CliError(EXIT.usage, 'Say which model: tacho prices MODEL.');
    const table = await userTable(args, io);
    return model === undefined
      ? showTables(table, args, io)
      : showModel(model, { atUs, usage }, table, args, io);
  },
};

function usageOf(args: Arguments): Usage | undefined {
  const usage = { ...emptyUsage(), requests: 1 };
  let stated = false;
  for (const [name, bucket] of AMOUNTS) {
    const amount = args.number(name, { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true });
    if (amount === undefined) continue;
    usage[bucket] = amount;
    stated = true;
  }
  return stated ? usage : undefined;
}

function timeOf(text: string | undefined): number {
  if (text === undefined) return nowUs();
  // A day alone is the day of the price tables: UTC.
  const us = parseTimestamp(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T12:00:00Z` : text);
  if (us !== undefined) return us;
  throw new CliError(EXIT.usage, `--at needs a day like 2026-03-13, not "${text}".`);
}

async function showModel(
  model: string,
  { atUs, usage }: { atUs: number; usage: Usage | undefined },
  table: UserTable | undefined,
  args: Arguments,
  io: Io,
): Promise<ExitCode> {
  const { describeModel, pricedNames } = await import('../../prices/describe.ts');
  const provider = args.text('provider');
  const project = args.text('project');
  const wanted = {
    model,
    ...(provider !== undefined && { provider }),
    ...(project !== undefined && { project }),
  };
  const options = { file: table?.file ?? '', atUs, ...(usage && { usage }) };
  const described = describeModel(table?.table, wanted, options);
  const unknown = described.price === undefined && described.others.length === 0;
  const suggestions = unknown
    ? similar(model.split('/').at(-1)!, pricedNames(table?.table, project), MOST_SUGGESTED)
    : [];
  if (args.flag('json')) io.out(jsonDocument({ ...described, suggestions }));
  else io.out(modelScreen(described, suggestions, { columns: io.columns, colours: coloursFor(io) }));
  return described.price === undefined || described.cost?.costUsd === null ? EXIT.no : EXIT.done;
}

async function showTables(table: UserTable | undefined, args: Arguments, io: Io): Promise<ExitCode> {
  const { libraryName } = await import('../../prices/library.ts');
  const { pricedNames } = await import('../../prices/describe.ts');
  const tables: TablesInForce = {
    ...(table && {
      table: {
        file: table.file,
        ...(table.table.updatedAt !== undefined && { updatedAt: table.table.updatedAt }),
        rows: table.table.rows,
        models: table.table.models.size,
        projects: [...table.table.projects.keys()],
        hasDefault: table.table.default !== undefined,
        problems: tableProblems(table.table, table.file),
      },
    }),
    library: { name: libraryName(), models: pricedNames(undefined, undefined).length },
  };
  if (args.flag('json')) io.out(jsonDocument(tables));
  else io.out(tablesScreen(tables, coloursFor(io)));
  return EXIT.done;
}
