import type { Decision, DecisionPath } from '@tacho/trace/analysis/decisions';
import type { JsonValue } from '@tacho/trace/model/json';
import type { Colours } from './colours.ts';
import { duration } from './figures.ts';
import { clipped, plainLine } from './plain.ts';

/** The way from the question to the result, a paragraph a decision. */
export function decisionScreen(
  { runId, startUs, question, decisions, result }: DecisionPath,
  { columns, colours }: { columns: number; colours: Colours },
): string {
  const { bold, dim } = colours;
  const width = Math.max(40, columns - 4);
  const line = (value: JsonValue): string =>
    clipped(typeof value === 'string' ? value : JSON.stringify(value), width);
  const lines = [bold(plainLine(runId))];
  if (question !== null) lines.push(`Question  ${clipped(question, width - 8)}`);
  if (decisions.length === 0) lines.push('', 'Nothing in this run is recorded as a decision.');
  for (const decision of decisions) {
    lines.push('', `${bold(clipped(decision.name, width - 20))}  ${dim(placeOf(decision, startUs))}`);
    if (decision.inputs !== null) lines.push(`  from  ${line(decision.inputs)}`);
    if (decision.outputs !== null) lines.push(`  chose ${line(decision.outputs)}`);
    lines.push(
      decision.reasoning === null
        ? dim('  why   no reasoning was recorded')
        : `  why   ${line(decision.reasoning)}`,
    );
  }
  const output = result.output?.path ?? (result.value === null ? undefined : line(result.value));
  lines.push(
    '',
    `Result    ${result.status}${output === undefined ? '' : `: ${clipped(output, width - 10)}`}`,
  );
  if (result.output?.path === undefined && result.step !== null)
    lines.push(dim(`  from  ${clipped(result.step, width)}`));
  return `${lines.join('\n')}\n`;
}

function placeOf({ atUs, stage, agent }: Decision, startUs: number): string {
  const place = [stage, agent].filter((name) => name !== '').map((name) => clipped(name, 30));
  return [`+${duration(Math.max(0, atUs - startUs))}`, ...place].join(' · ');
}
