import { isObject, type JsonObject } from '@tacho/trace/model/json';
import type { Colours } from './colours.ts';
import { count, money, plural } from './figures.ts';
import { table } from './table.ts';

/** One manifest that was written. */
export type ManifestLine = { manifest: string; trial: string; sources: string[]; made: JsonObject };

export type Tokens = {
  input_tokens: number | null;
  output_tokens: number | null;
  total_tokens: number | null;
};
export type Sums = {
  runs: number;
  /** Runs whose tokens are known. */
  counted: number;
  successful: number;
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  /** Null: no run's cost is known. A lower bound while `unpriced_runs` is not 0. */
  cost_usd: number | null;
  unpriced_runs: number;
};
export type ManifestSummary = {
  runs: ({
    trial: string;
    run_id: string;
    task_id: string | null;
    agent: string | null;
    benchmark: string | null;
    success: boolean | null;
    reward: number | null;
    error_type: string | null;
    cost_usd: number | null;
    manifest: string;
    sources: string[];
  } & Tokens)[];
  totals: Sums;
  by_agent: Record<string, Sums>;
};

/** Runs without an agent's name are summed under this. */
const NAMELESS = 'unknown';

export function manifestSummary(lines: readonly ManifestLine[]): ManifestSummary {
  const runs = lines.map(summaryLine);
  const agents = new Map<string, ManifestSummary['runs']>();
  for (const run of runs) {
    const agent = run.agent ?? NAMELESS;
    agents.set(agent, [...(agents.get(agent) ?? []), run]);
  }
  return {
    runs,
    totals: sumsOf(runs),
    by_agent: Object.fromEntries([...agents].map(([agent, own]) => [agent, sumsOf(own)])),
  };
}

function summaryLine({ manifest, trial, sources, made }: ManifestLine): ManifestSummary['runs'][number] {
  const [execution, result] = [objectAt(made, 'execution'), objectAt(made, 'result')];
  const tokens = objectAt(result, 'tokens');
  return {
    trial,
    run_id: String(made.run_id),
    task_id: textAt(result, 'task_id'),
    agent: textAt(execution, 'agent'),
    benchmark: textAt(execution, 'benchmark'),
    success: typeof result.success === 'boolean' ? result.success : null,
    reward: numberAt(result, 'reward'),
    error_type: textAt(result, 'error_type'),
    input_tokens: numberAt(tokens, 'input_tokens'),
    output_tokens: numberAt(tokens, 'output_tokens'),
    total_tokens: numberAt(tokens, 'total_tokens'),
    cost_usd: numberAt(result, 'cost_usd'),
    manifest,
    sources,
  };
}

function sumsOf(runs: ManifestSummary['runs']): Sums {
  const costs = runs.map(({ cost_usd }) => cost_usd).filter((cost) => cost !== null);
  const sum = (values: readonly (number | null)[]): number =>
    values.reduce<number>((all, one) => all + (one ?? 0), 0);
  return {
    runs: runs.length,
    counted: runs.filter(({ total_tokens }) => total_tokens !== null).length,
    successful: runs.filter(({ success }) => success === true).length,
    input_tokens: sum(runs.map(({ input_tokens }) => input_tokens)),
    output_tokens: sum(runs.map(({ output_tokens }) => output_tokens)),
    total_tokens: sum(runs.map(({ total_tokens }) => total_tokens)),
    cost_usd: costs.length === 0 ? null : Number(sum(costs).toFixed(6)),
    unpriced_runs: runs.length - costs.length,
  };
}

export function summaryScreen(
  { runs, totals, by_agent }: ManifestSummary,
  screen: { columns: number; colours: Colours },
): string {
  const lines = table(
    runs,
    [
      { title: 'trial', of: ({ trial }) => trial },
      { title: 'agent', of: ({ agent }) => agent ?? '-' },
      { title: 'reward', of: ({ reward, error_type }) => error_type ?? String(reward ?? '-'), right: true },
      { title: 'input', of: ({ input_tokens }) => figure(input_tokens), right: true },
      { title: 'output', of: ({ output_tokens }) => figure(output_tokens), right: true },
      { title: 'cost', of: ({ cost_usd }) => money(cost_usd), right: true },
    ],
    screen,
  );
  const agents = Object.entries(by_agent).map(([agent, sums]) => `  ${agent}: ${sumLine(sums)}`);
  return `${lines.trimEnd()}\n\n${[`${plural(totals.runs, 'manifest')} written: ${sumLine(totals)}`, ...(agents.length > 1 ? agents : [])].join('\n')}\n`;
}

function sumLine(sums: Sums): string {
  return (
    `${count(sums.total_tokens)} tokens (${count(sums.input_tokens)} in, ${count(sums.output_tokens)} out), ` +
    `${money(sums.cost_usd, sums.unpriced_runs)}, ${count(sums.successful)} of ${plural(sums.runs, 'run')} successful`
  );
}

function figure(value: number | null): string {
  return value === null ? '?' : count(value);
}

function objectAt(from: JsonObject, field: string): JsonObject {
  const value = from[field];
  return isObject(value) ? value : {};
}

function textAt(from: JsonObject, field: string): string | null {
  const value = from[field];
  return typeof value === 'string' ? value : null;
}

function numberAt(from: JsonObject, field: string): number | null {
  const value = from[field];
  return typeof value === 'number' ? value : null;
}
