import { plainLine } from '../../model/plain-text.ts';
import type { Run } from '../../model/run.ts';
import { usToIso } from '../../model/time.ts';
import { booksOf, costOf, type StageBooks, type Used } from './books.ts';
import { STAGE_STATUS } from './write.ts';

/** Stages named as the most expensive, and as the slowest. */
const MOST_NAMED = 5;

/** instrumentation.md: totals, a table of models by cost, a table of stages by time, and what cost and took most. */
export function* writeDigest(run: Run): Generator<string, void, undefined> {
  const { stages, total, models, unpricedCalls } = booksOf(run);
  const endUs = run.endUs ?? run.lastUs;
  yield `# Instrumentation of ${cell(run.name)}\n\n`;
  yield `- Run: ${cell(run.runId)} (${run.status})\n`;
  if (run.startUs > 0) yield `- Started: ${usToIso(run.startUs)}\n`;
  if (run.startUs > 0 && endUs > run.startUs) yield `- Wall time: ${seconds(endUs - run.startUs)} s\n`;
  const processor = ['cpu_user_s', 'cpu_system_s'].map((name) => figure(run.attributes[name], 3));
  if (processor.some((text) => text !== ''))
    yield `- Processor: ${processor[0]} s user, ${processor[1]} s system\n`;
  yield `- Calls: ${total.calls}; tokens: ${total.promptTokens} prompt, ${total.completionTokens} completion\n`;
  const bound = unpricedCalls > 0 ? ` (a lower bound: ${callsOf(unpricedCalls)} without a known price)` : '';
  yield `- Cost: ${money(total)}${bound}\n`;

  yield '\n## Per-model cost\n\n| model | calls | prompt | completion | cost |\n|---|---:|---:|---:|---:|\n';
  for (const [model, used] of [...models].sort(([, a], [, b]) => (b.costUsd ?? 0) - (a.costUsd ?? 0)))
    yield `| ${cell(model)} | ${used.calls} | ${used.promptTokens} | ${used.completionTokens} | ${money(used)} |\n`;

  yield '\n## Stage timings\n\n| stage | status | wall_s | user_s | sys_s | cost | calls |\n|---|---|---:|---:|---:|---:|---:|\n';
  for (const { span, used } of stages) {
    const status = span.endUs === undefined ? 'running' : STAGE_STATUS[span.status];
    const { cpu_user_s: user, cpu_system_s: system } = span.attributes ?? {};
    yield `| ${cell(span.name)} | ${status} | ${wallOf({ span, used })} | ${figure(user, 3)} | ${figure(system, 3)} | ${money(used)} | ${used.calls} |\n`;
  }

  const dear = largest(stages, ({ used }) => used.costUsd ?? 0);
  if (dear.length > 0) yield '\n## Most expensive stages\n\n';
  for (const [at, { span, used }] of dear.entries())
    yield `${at + 1}. ${cell(span.name)}: ${money(used)} in ${callsOf(used.calls)}\n`;
  const begun = stages.filter(({ span }) => span.status !== 'cancelled');
  const slow = largest(begun, ({ span }) => (span.endUs ?? span.startUs) - span.startUs);
  if (slow.length > 0) yield '\n## Slowest stages\n\n';
  for (const [at, stage] of slow.entries()) yield `${at + 1}. ${cell(stage.span.name)}: ${wallOf(stage)} s\n`;
  yield '\nAll figures: [instrumentation.json](instrumentation.json)\n';
}

function largest(stages: readonly StageBooks[], by: (stage: StageBooks) => number): StageBooks[] {
  return stages
    .filter((stage) => by(stage) > 0)
    .sort((a, b) => by(b) - by(a))
    .slice(0, MOST_NAMED);
}

function wallOf({ span }: Pick<StageBooks, 'span' | 'used'>): string {
  const stated = figure(span.attributes?.wall_s, 3);
  if (stated !== '') return stated;
  return span.endUs === undefined ? '' : seconds(span.endUs - span.startUs);
}

function callsOf(count: number): string {
  return `${count} ${count === 1 ? 'call' : 'calls'}`;
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(3);
}

function figure(value: unknown, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits) : '';
}

function money(used: Used): string {
  const usd = costOf(used);
  if (usd === null) return 'unknown';
  return usd === 0 ? '$0' : `$${usd.toFixed(6)}`;
}

/** Text from outside in a table: nothing a terminal would obey, no line breaks, no bars, no markup. */
function cell(text: string): string {
  return plainLine(text).replace(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`);
}
