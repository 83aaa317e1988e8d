import type { DescribedCost, DescribedModel, DescribedRate, DescribedRow } from '../../prices/describe.ts';
import type { Colours } from './colours.ts';
import { count, exactMoney, plural } from './figures.ts';
import { plainLine } from './plain.ts';
import { table } from './table.ts';

type Screen = { columns: number; colours: Colours };

/** What prices calls here: the user's table, and the library's below it. */
export type TablesInForce = {
  table?: {
    file: string;
    updatedAt?: string;
    rows: number;
    models: number;
    projects: string[];
    hasDefault: boolean;
    problems: string[];
  };
  library: { name: string; models: number };
};

const WORDS: Record<DescribedRate['of'], string> = {
  inputTokens: 'input',
  cacheReadTokens: 'cache read',
  cacheWriteTokens: 'cache write',
  cacheWrite1hTokens: 'cache write 1 h',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
  requests: 'requests',
};

/** The tables in force, those that win first. */
export function tablesScreen({ table: own, library }: TablesInForce, { bold, dim, yellow }: Colours): string {
  const lines: string[] = [];
  if (own) {
    const { file, updatedAt, rows, models, projects, hasDefault, problems } = own;
    const of = updatedAt === undefined ? '' : ` of ${updatedAt}`;
    lines.push(`${bold(plainLine(file))}${of}: ${plural(rows, 'row')}, ${plural(models, 'model')}`);
    if (projects.length > 0) lines.push(`  prices of their own: ${projects.map(plainLine).join(', ')}`);
    lines.push(
      dim(
        hasDefault ? '  with a default for models without a row' : '  no default: other models stay unknown',
      ),
    );
    for (const problem of problems) lines.push(yellow(`  ${problem}`));
  } else lines.push(dim('no table of your own (--price-table FILE or TACHO_PRICE_TABLE)'));
  lines.push(`${bold(library.name)}: ${plural(library.models, 'model')}, built in`);
  return `${lines.join('\n')}\n`;
}

/** A model's price: the row that holds, its rates, the computation, and what else there would be. */
export function modelScreen(model: DescribedModel, suggestions: readonly string[], screen: Screen): string {
  const { bold, dim, yellow } = screen.colours;
  const { price, others, cost } = model;
  const day = new Date(model.atUs / 1000).toISOString().slice(0, 10);
  const name = plainLine(model.model);
  const parts: string[] = [];
  if (price) parts.push(bold(name), ...rowLines(price), '', ratesTable(price.rates, screen).trimEnd());
  else if (others.length > 0) parts.push(yellow(`${name} has no price on ${day}.`));
  else parts.push(yellow(`The price of ${name} is unknown: no table has a row for it.`));
  if (cost) parts.push('', costTable(cost, screen).trimEnd(), totalLine(cost, bold, yellow));
  if (others.length > 0) {
    parts.push('', dim(price ? 'not applied here:' : 'rows for other days:'));
    for (const other of others)
      parts.push(
        dim(
          `  ${rowLines(other)
            .map((line) => line.trim())
            .join(', ')}`,
        ),
      );
  }
  if (suggestions.length > 0)
    parts.push(dim(`Written much alike, and other models: ${suggestions.map(plainLine).join(', ')}`));
  return `${parts.join('\n')}\n`;
}

function rowLines({ row, source, line, isDefault, validFrom, validUntil }: DescribedRow): string[] {
  const lines = [
    `row    ${plainLine(row)}${isDefault ? ' (the default: no table has a row for this model)' : ''}`,
    `from   ${plainLine(source)}${line === undefined ? '' : `:${line}`}`,
  ];
  const days = [
    ...(validFrom === undefined ? [] : [`from ${validFrom}`]),
    ...(validUntil === undefined ? [] : [`until ${validUntil}`]),
  ];
  if (days.length > 0) lines.push(`valid  ${days.join(' ')}`);
  return lines;
}

function ratesTable(rates: readonly DescribedRate[], screen: Screen): string {
  const starts = [...new Set(rates.flatMap(({ above }) => above.map(({ inputTokens }) => inputTokens)))].sort(
    (a, b) => a - b,
  );
  return table(
    rates,
    [
      { title: 'RATE', of: ({ of, per }) => `${WORDS[of]} / ${per === 1000 ? '1 k' : '1 M'}` },
      { title: 'USD', of: ({ usd }) => rate(usd), right: true },
      ...starts.map((start) => ({
        title: `OVER ${count(start)} IN`,
        of: ({ usd, above }: DescribedRate) =>
          rate(above.findLast(({ inputTokens }) => inputTokens <= start)?.usd ?? usd),
        right: true,
      })),
    ],
    screen,
  );
}

function costTable({ lines }: DescribedCost, screen: Screen): string {
  return table(
    lines,
    [
      { title: 'USED', of: ({ of }) => WORDS[of] },
      { title: 'AMOUNT', of: ({ amount }) => count(amount), right: true },
      { title: '× USD', of: ({ rateUsd }) => (rateUsd === undefined ? '?' : rate(rateUsd)), right: true },
      { title: '/', of: ({ per }) => count(per), right: true },
      { title: '= COST', of: ({ costUsd }) => exactMoney(costUsd), right: true },
      { title: '', of: ({ assumed }) => assumed ?? '', shrinksTo: 10 },
    ],
    screen,
  );
}

function totalLine(
  { lines, costUsd, tierAbove }: DescribedCost,
  bold: Colours['bold'],
  yellow: Colours['yellow'],
): string {
  if (costUsd === null) {
    const missing = lines.filter(({ rateUsd }) => rateUsd === undefined).map(({ of }) => WORDS[of]);
    return yellow(`The cost is unknown: the row has no price for ${missing.join(' and ')}.`);
  }
  const tier =
    tierAbove === undefined ? '' : `  at the rates over ${count(tierAbove)} input tokens, for all of it`;
  return `${bold(`total ${exactMoney(costUsd)}`)}${tier}`;
}

/** As it stands in a table: `0.15`, `2.5`, `15`. */
function rate(usd: number): string {
  return String(Number(usd.toPrecision(12)));
}
