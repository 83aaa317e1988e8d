import type { RunReport } from '@tacho/trace/analysis/report';
import type { Colours } from './colours.ts';
import { count, duration, money, plural, share, startOf } from './figures.ts';
import { inspectDetails } from './inspect-details.ts';
import { clipped, plainLine, titled } from './plain.ts';
import { roundLines } from './round-lines.ts';

type Screen = { columns: number; colours: Colours };

/** Where the first seed's screen cuts a task. */
const TASK_LENGTH = 72;

/**
 * One run in full. The first part is the screen of the harness that Tacho grew out of, to the letter; what else is
 * known follows below it.
 */
export function inspectScreen(report: RunReport, screen: Screen): string {
  const { colours } = screen;
  const lines = [...headLines(report, colours), ...roundLines(report, colours)];
  lines.push(...tokenLines(report));
  const output = outputLine(report);
  if (output !== undefined) lines.push(output);
  const details = inspectDetails(report, screen);
  return `${[...lines, ...(details.length > 0 ? ['', ...details] : [])].join('\n')}\n`;
}

/** One run in a few lines. */
export function inspectSummary(report: RunReport, { colours }: Screen): string {
  const { run } = report;
  const figures = [
    startOf(run),
    duration(run.durationUs),
    `${count(run.tokens)} tokens`,
    money(report.costUsd, run.unpricedCalls),
  ];
  const [overall] = roundLines(report, colours);
  const lines = [
    ...headLines(report, colours),
    ...(overall === undefined ? [] : [overall]),
    figures.join('  '),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(report: RunReport, colours: Colours): string[] {
  const { run } = report;
  const lines = [`Run: ${colours.bold(plainLine(run.runId))}`];
  lines.push(`Task: ${clipped(run.task ?? run.name, TASK_LENGTH)}`);
  const model = modelLine(report);
  if (model !== undefined) lines.push(`Model: ${model}`);
  const rounds = report.rounds.length > 0 ? ` (${plural(report.rounds.length, 'round')})` : '';
  lines.push(`Result: ${verdict(report, colours)}${rounds}`);
  return lines;
}

/** Who made it and who judged it; without these words, the models that were used, most first. */
function modelLine({ run, models }: RunReport): string | undefined {
  const { producer_model: producer, evaluator_model: evaluator } = run.labels;
  const made = producer ?? models.find(({ model }) => model !== evaluator)?.model;
  if (made !== undefined && evaluator !== undefined)
    return `${plainLine(made)} → ${plainLine(evaluator)} (evaluator)`;
  const used = producer === undefined ? models.map(({ model }) => model) : [producer];
  return used.length === 0 ? undefined : used.map(plainLine).join(', ');
}

/** The verdict where the run was judged; else how it ended. */
function verdict({ run, result }: RunReport, colours: Colours): string {
  const word = run.status === 'running' ? 'running' : plainLine(result?.label ?? run.status);
  const good = /^(pass|passed|ok)$/i.test(word);
  const paint = good ? colours.green : run.status === 'running' ? colours.cyan : colours.red;
  return paint(good || result?.label !== undefined ? word.toUpperCase() : word);
}

/** Tokens by stage with their shares; what belongs to no stage comes last, as `Other`. */
function tokenLines({ run, tokensByStage }: RunReport): string[] {
  const lines = [`Tokens: ${count(run.tokens)} total`];
  const staged = tokensByStage.filter(({ stage, tokens }) => stage !== null && tokens > 0);
  const other = tokensByStage.filter(({ stage, tokens }) => stage === null && tokens > 0);
  if (staged.length === 0) return lines;
  for (const { stage, tokens, share: part } of [...staged, ...other])
    lines.push(`  ${stage === null ? 'Other' : titled(stage)}: ${count(tokens)} (${share(part)})`);
  return lines;
}

function outputLine({ output }: RunReport): string | undefined {
  if (!output) return undefined;
  const sizes: string[] = [];
  if (output.bytes !== undefined) sizes.push(`${count(output.bytes)} bytes`);
  if (output.lines !== undefined) sizes.push(`${count(output.lines)} lines`);
  if (output.filesChanged !== undefined) sizes.push(plural(output.filesChanged, 'changed file'));
  const what = output.path === undefined ? '' : plainLine(output.path);
  if (what === '' && sizes.length === 0) return undefined;
  return `Output: ${what}${sizes.length > 0 ? ` (${sizes.join(', ')})` : ''}`;
}
