import { percent } from '@tacho/trace/analysis/compare/words';
import type { NamedComparison } from '../../server/compare/named-comparison.ts';
import { costLine, flakyLine, metricCells, pCell, sideLine, thresholdLines } from './comparison-cells.ts';
import { plainLine } from './plain.ts';

/** Tasks that are named; the count is of all. */
const MOST_TASKS = 20;

/** A comparison for a pull request. Names come from agents and benchmarks: they must be no markup there, and call nobody. */
export function comparisonMarkdown(comparison: NamedComparison): string {
  const parts = [
    [`## ${headline(comparison)}`],
    [
      `* Baseline: ${escaped(sideLine(comparison, 'baseline'))}`,
      `* Treatment: ${escaped(sideLine(comparison, 'treatment'))}`,
    ],
    metricRows(comparison),
    comparison.metrics.map(({ sentence }) => `* ${escaped(sentence)}`),
    [costLine(comparison), flakyLine(comparison)]
      .filter((line) => line !== undefined)
      .map((line) => `* ${escaped(line)}`),
    passRows(comparison),
    changedRows(comparison),
    [
      thresholdLines(comparison)
        .map((line) => escaped(line.trim()))
        .join('<br>'),
    ],
    comparison.notes.length === 0
      ? []
      : [
          '<details><summary>What was left out, and what to think of</summary>',
          '',
          ...comparison.notes.map((note) => `* ${escaped(note)}`),
          '',
          '</details>',
        ],
    gateRows(comparison),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline({ metrics, provisional }: NamedComparison): string {
  const [success, ...others] = metrics;
  const moved = others.filter(({ verdict }) => verdict === 'improved' || verdict === 'regressed');
  const rest = moved.map(({ title, verdict }) => `${title.toLowerCase()} ${verdict}`);
  return `${provisional ? 'Provisional: ' : ''}${[`${success!.title}: ${success!.verdict}`, ...rest].join(', ')}`;
}

function metricRows({ metrics }: NamedComparison): string[] {
  return [
    '| metric | baseline | treatment | change | 95% interval | p | verdict |',
    '|---|--:|--:|--:|--:|--:|---|',
    ...metrics
      .map(metricCells)
      .map(
        (row) =>
          `| ${row.metric} | ${row.baseline} | ${row.treatment} | ${row.change} | ${row.interval} | ${row.p} | ${['improved', 'regressed'].includes(row.verdict) ? `**${row.verdict}**` : row.verdict} |`,
      ),
  ];
}

function passRows({ repeats }: NamedComparison): string[] {
  if (repeats.passAtK.length === 0) return [];
  const figure = (value: number | undefined): string => (value === undefined ? '-' : percent(value));
  return [
    '| k | pass@k | treatment | pass^k | treatment |',
    '|--:|--:|--:|--:|--:|',
    ...repeats.passAtK.map(
      ({ k, baseline, treatment }) =>
        `| ${k} | ${figure(baseline?.passAtK)} | ${figure(treatment?.passAtK)} | ${figure(baseline?.passHatK)} | ${figure(treatment?.passHatK)} |`,
    ),
  ];
}

function changedRows({ changed }: NamedComparison): string[] {
  if (changed.length === 0) return [];
  const shown = changed.slice(0, MOST_TASKS);
  const more = changed.length > shown.length ? ['', `… and ${changed.length - shown.length} more.`] : [];
  return [
    `<details><summary>${changed.length} tasks did not come out the same</summary>`,
    '',
    '| task | baseline | treatment | p |',
    '|---|--:|--:|--:|',
    ...shown.map(
      ({ task, baseline, treatment, adjustedP }) =>
        `| ${escaped(task)} | ${baseline.successes}/${baseline.trials} | ${treatment.successes}/${treatment.trials} | ${pCell(adjustedP)} |`,
    ),
    ...more,
    '',
    '</details>',
  ];
}

function gateRows({ gate }: NamedComparison): string[] {
  if (!gate) return [];
  return [
    gate.passed ? 'The gate is open.' : '**The gate is shut.**',
    ...gate.sentences.map((sentence) => `* ${escaped(sentence)}`),
  ];
}

/** Text as text: no emphasis, link, table cell or HTML, and no mention of a person behind `@`. */
function escaped(text: string): string {
  return plainLine(text)
    .slice(0, 2_000)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]()#|~!]/g, (mark) => (mark === '(' || mark === ')' ? mark : `\\${mark}`))
    .replaceAll('@', '@\u200b')
    .replace(/(https?):\/\//gi, '$1:\u200b//');
}
