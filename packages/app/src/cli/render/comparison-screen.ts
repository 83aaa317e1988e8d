import { ALPHA, type Verdict } from '@tacho/trace/analysis/compare/verdict';
import { percent, pValue } from '@tacho/trace/analysis/compare/words';
import type { NamedComparison } from '../../server/compare/named-comparison.ts';
import type { Colours } from './colours.ts';
import {
  costLine,
  flakyLine,
  type MetricCells,
  metricCells,
  sideLine,
  thresholdLines,
} from './comparison-cells.ts';
import { clipped, plainLine } from './plain.ts';
import { table } from './table.ts';

type Screen = { columns: number; colours: Colours };

/** Tasks that are named; the count is of all. */
const MOST_TASKS = 10;

/** A comparison as a screen: both sides, the metrics with their verdicts, the sentences, and what to think of. */
export function comparisonScreen(comparison: NamedComparison, screen: Screen): string {
  const { colours } = screen;
  const sentences = comparison.metrics.map(({ sentence, verdict }) =>
    verdictPaint(colours)(verdict, plainLine(sentence)),
  );
  const parts = [
    [
      `${colours.dim('Baseline ')} ${plainLine(sideLine(comparison, 'baseline'))}`,
      `${colours.dim('Treatment')} ${plainLine(sideLine(comparison, 'treatment'))}`,
      ...(comparison.provisional ? [colours.yellow('Provisional: runs are still at work.')] : []),
    ],
    [metricTable(comparison, screen).trimEnd()],
    sentences,
    [costLine(comparison), flakyLine(comparison)].filter((line) => line !== undefined),
    passLines(comparison, screen),
    changedLines(comparison),
    thresholdLines(comparison),
    comparison.notes.map((note) => `- ${plainLine(note)}`),
    gateLines(comparison, colours),
    [
      colours.dim(
        `Drawn with ${comparison.method.generator}, seed ${comparison.method.seed}, ${comparison.method.rounds.toLocaleString('en')} rounds.`,
      ),
    ],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function metricTable({ metrics }: NamedComparison, screen: Screen): string {
  const paint = verdictPaint(screen.colours);
  return table<MetricCells>(
    metrics.map(metricCells),
    [
      { title: 'METRIC', of: (row) => row.metric },
      { title: 'BASELINE', of: (row) => row.baseline, right: true },
      { title: 'TREATMENT', of: (row) => row.treatment, right: true },
      { title: 'CHANGE', of: (row) => row.change, right: true },
      { title: '95% INTERVAL', of: (row) => row.interval, right: true },
      { title: 'P', of: (row) => row.p, right: true },
      { title: 'VERDICT', of: (row) => row.verdict, paint: (row, text) => paint(row.verdict, text) },
    ],
    screen,
  );
}

function verdictPaint(colours: Colours): (verdict: Verdict, text: string) => string {
  const paints: Record<Verdict, (text: string) => string> = {
    improved: colours.green,
    regressed: colours.red,
    'no detectable difference': (text) => text,
    'too little data': colours.yellow,
  };
  return (verdict, text) => paints[verdict](text);
}

function passLines({ repeats }: NamedComparison, screen: Screen): string[] {
  if (repeats.passAtK.length === 0) return [];
  const figure = (value: number | undefined): string => (value === undefined ? '-' : percent(value));
  const drawn = table(
    repeats.passAtK,
    [
      { title: 'K', of: ({ k }) => String(k), right: true },
      { title: 'PASS@K', of: ({ baseline }) => figure(baseline?.passAtK), right: true },
      { title: 'TREATMENT', of: ({ treatment }) => figure(treatment?.passAtK), right: true },
      { title: 'PASS^K', of: ({ baseline }) => figure(baseline?.passHatK), right: true },
      { title: 'TREATMENT', of: ({ treatment }) => figure(treatment?.passHatK), right: true },
      {
        title: 'TASKS',
        of: ({ baseline, treatment }) => `${baseline?.tasks ?? 0} against ${treatment?.tasks ?? 0}`,
        right: true,
      },
    ],
    screen,
  );
  return [drawn.trimEnd()];
}

function changedLines({ changed }: NamedComparison): string[] {
  if (changed.length === 0) return [];
  const rate = ({ successes, trials }: { successes: number; trials: number }): number => successes / trials;
  const lists = [
    ['Better', changed.filter(({ baseline, treatment }) => rate(treatment) > rate(baseline))],
    ['Worse', changed.filter(({ baseline, treatment }) => rate(treatment) < rate(baseline))],
  ] as const;
  return lists
    .filter(([, tasks]) => tasks.length > 0)
    .map(([word, tasks]) => {
      const named = tasks.slice(0, MOST_TASKS).map(({ task, baseline, treatment, adjustedP }) => {
        const trials =
          baseline.trials === 1 && treatment.trials === 1
            ? ''
            : ` (${baseline.successes}/${baseline.trials} to ${treatment.successes}/${treatment.trials}${adjustedP !== null && adjustedP < ALPHA ? `, ${pValue(adjustedP)}` : ''})`;
        return `${clipped(task, 50)}${trials}`;
      });
      const more = tasks.length > MOST_TASKS ? ` and ${tasks.length - MOST_TASKS} more` : '';
      return `${word} in ${tasks.length}: ${named.join(', ')}${more}`;
    });
}

function gateLines({ gate }: NamedComparison, colours: Colours): string[] {
  if (!gate) return [];
  const head = gate.passed ? colours.green('The gate is open.') : colours.red('The gate is shut.');
  return [head, ...gate.sentences.map((sentence) => plainLine(sentence))];
}
