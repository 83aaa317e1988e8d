import type { RunReport } from '@tacho/trace/analysis/report';
import type { Colours } from './colours.ts';
import { plainLine, titled } from './plain.ts';

/** Names of scores that say nothing about who judged. */
const NAMELESS = new Set(['score', 'overall', 'final_score', 'reward', '']);
/** Out of ten: what is below it had to be revised, and is marked when it rose. */
const GOOD_ENOUGH = 0.8;

/**
 * The rounds of judging: `Wiggum R1: 7.65 → R2: 8.45 (PASS)`, then each dimension through all rounds. A dimension that
 * had not been good enough and rose is marked; every one that rose is green.
 */
export function roundLines({ rounds, scores, run }: RunReport, colours: Colours): string[] {
  if (rounds.length === 0) return [];
  const overall = scores.filter((score) => score.round !== undefined && score.dimension === undefined);
  const name = overall.find((score) => !NAMELESS.has(score.name))?.name;
  const judge = name === undefined ? 'Score' : titled(name);
  const label = rounds.at(-1)!.label ?? (run.status === 'running' ? undefined : run.attributes.final);
  const steps = rounds
    .filter(({ value }) => value !== null)
    .map(({ round, value }) => `${plainLine(round).toUpperCase()}: ${value!.toFixed(2)}`);
  const lines: string[] = [];
  if (steps.length > 0)
    lines.push(`${judge} ${steps.join(' → ')}${typeof label === 'string' ? ` (${plainLine(label)})` : ''}`);
  const dimensions = new Set(rounds.flatMap((round) => round.dimensions.map((dimension) => dimension.name)));
  for (const dimension of dimensions) {
    const found = rounds.flatMap((round) => round.dimensions.filter((each) => each.name === dimension));
    const values = found.flatMap(({ value }) => (value === null ? [] : [value]));
    if (values.length === 0) continue;
    const first = values[0]!;
    const last = values.at(-1)!;
    const improved = last > first;
    const text = values.map((value) => value.toFixed(1)).join(' → ');
    const max = found[0]!.max ?? 10;
    const mark = improved && first < GOOD_ENOUGH * max ? colours.green(' ← improved') : '';
    const shown = improved ? colours.green(text) : last < first ? colours.red(text) : text;
    lines.push(`  ${titled(dimension)}: ${shown}${mark}`);
  }
  return lines;
}
