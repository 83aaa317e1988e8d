import type { ChangedStep, DiffSpan, RunDiff, StepDelta } from '@tacho/trace/analysis/diff/diff-runs';
import type { ApartStep, StepsApart } from '@tacho/trace/analysis/diff/steps-apart';
import type { Colours } from './colours.ts';
import { count, duration, money, plural, share, short } from './figures.ts';
import { clipped, plainLine } from './plain.ts';
import { table } from './table.ts';

/** What the server answers for `--by-outcome`. */
export type OutcomeSteps = StepsApart & {
  runs: string;
  judgedBy: 'score' | 'completion';
  left: { infrastructure: number; unjudged: number; running: number };
};

type Screen = { columns: number; colours: Colours };

/** Lines of each list unless all are wanted. */
const MOST_SHOWN = 10;

/** Two runs beside each other. */
export function diffScreen(diff: RunDiff, { all }: { all: boolean }, screen: Screen): string {
  const { colours } = screen;
  const { left, right, removed, added, changed, steps } = diff;
  const most = all ? Number.POSITIVE_INFINITY : MOST_SHOWN;
  const same = removed.length + added.length + changed.length === 0;
  return [
    `${colours.red('-')} ${titleOf(left)}`,
    `${colours.green('+')} ${titleOf(right)}`,
    '',
    totalsTable(diff, screen),
    same
      ? `The same steps on both sides: ${plural(diff.matched, 'span')}.`
      : `${plural(diff.matched, 'span')} on both sides, ${count(diff.same)} of them alike; ${count(changed.length)} changed, ${count(spansIn(removed))} only left, ${count(spansIn(added))} only right.`,
    ...divergenceLine(diff),
    ...spanLines('Only left', '-', removed, most, screen),
    ...spanLines('Only right', '+', added, most, screen),
    ...changedLines(changed, most, screen),
    ...stepTable(steps, most, screen),
    '',
  ].join('\n');
}

function titleOf({ runId, name, status }: RunDiff['left']): string {
  return `${plainLine(runId)}  ${clipped(name, 60)}  ${status}`;
}

function spansIn(spans: readonly DiffSpan[]): number {
  return spans.reduce((sum, one) => sum + one.spans, 0);
}

function totalsTable({ totals }: RunDiff, screen: Screen): string {
  type Row = { what: string; left: string; right: string; delta: string };
  const row = (
    what: string,
    { left, right, delta }: { left: number | null; right: number | null; delta: number | null },
    shown: (value: number | null) => string,
  ): Row => ({
    what,
    left: shown(left),
    right: shown(right),
    delta: delta === null ? '?' : signed(delta, shown) + relative(left, delta),
  });
  const rows = [
    row('Time', totals.durationUs, (us) => duration(us ?? 0)),
    row('Tokens', totals.tokens, (tokens) => count(tokens ?? 0)),
    row('Cost', totals.costUsd, money),
    row('Spans', totals.spans, (spans) => count(spans ?? 0)),
    row('Errors', totals.errors, (errors) => count(errors ?? 0)),
  ];
  return table(
    rows,
    [
      { title: '', of: ({ what }) => what },
      { title: 'LEFT', of: ({ left }) => left, right: true },
      { title: 'RIGHT', of: ({ right }) => right, right: true },
      { title: 'DELTA', of: ({ delta }) => delta, right: true },
    ],
    screen,
  );
}

function signed(value: number, shown: (value: number) => string): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '-'}${shown(Math.abs(value))}`;
}

function relative(left: number | null, delta: number): string {
  if (left === null || left === 0 || delta === 0) return '';
  return ` (${delta > 0 ? '+' : '-'}${share(Math.abs(delta / left))})`;
}

function* divergenceLine({ firstDivergence: first }: RunDiff): Generator<string> {
  if (first === null) return;
  const { left, right, differs, afterUs } = first;
  const span = (left ?? right)!;
  const what =
    right === null ? 'only left' : left === null ? 'only right' : `differs in ${differs.join(', ')}`;
  yield `They part after ${duration(afterUs)}: ${span.kind} ${clipped(calledIn(span), 70)} (${what}).`;
}

function calledIn({ name, arguments: given }: DiffSpan): string {
  return given === undefined ? name : `${name} ${given}`;
}

function* spanLines(
  title: string,
  sign: '-' | '+',
  spans: readonly DiffSpan[],
  most: number,
  screen: Screen,
): Generator<string> {
  if (spans.length === 0) return;
  const { bold, red, green } = screen.colours;
  yield `\n${bold(title)}`;
  const paint = sign === '-' ? red : green;
  yield table(
    spans.slice(0, most),
    [
      { title: '', of: () => sign, paint: (_, text) => paint(text) },
      { title: 'SPAN', of: calledIn, shrinksTo: 20 },
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'STATUS', of: ({ status }) => status },
      { title: 'SPANS', of: (span) => count(span.spans), right: true },
      { title: 'TIME', of: ({ durationUs }) => duration(durationUs), right: true },
      { title: 'TOKENS', of: ({ tokens }) => (tokens === 0 ? '' : short(tokens)), right: true },
    ],
    screen,
  ).trimEnd() + rest(spans.length - most, screen.colours);
}

function* changedLines(changed: readonly ChangedStep[], most: number, screen: Screen): Generator<string> {
  if (changed.length === 0) return;
  yield `\n${screen.colours.bold('Changed')}`;
  yield table(
    changed.slice(0, most),
    [
      { title: 'SPAN', of: ({ left }) => calledIn(left), shrinksTo: 20 },
      { title: 'KIND', of: ({ left }) => left.kind },
      { title: 'DIFFERS IN', of: ({ differs }) => differs.join(', '), shrinksTo: 12 },
      {
        title: 'TIME',
        of: ({ left, right }) => signed(right.durationUs - left.durationUs, duration),
        right: true,
      },
      {
        title: 'TOKENS',
        of: ({ left, right }) =>
          left.tokens === right.tokens ? '' : signed(right.tokens - left.tokens, short),
        right: true,
      },
    ],
    screen,
  ).trimEnd() + rest(changed.length - most, screen.colours);
}

function* stepTable(steps: readonly StepDelta[], most: number, screen: Screen): Generator<string> {
  if (steps.length === 0) return;
  yield `\n${screen.colours.bold('By step')}`;
  yield table(
    steps.slice(0, most),
    [
      { title: 'STEP', of: ({ name, kind }) => name || kind, shrinksTo: 20 },
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'CALLS', of: ({ calls }) => `${count(calls.left)} → ${count(calls.right)}`, right: true },
      { title: 'TIME', of: ({ us }) => signed(us.delta, duration), right: true },
      {
        title: 'TOKENS',
        of: ({ tokens }) => (tokens.delta === 0 ? '' : signed(tokens.delta, short)),
        right: true,
      },
    ],
    screen,
  ).trimEnd() + rest(steps.length - most, screen.colours);
}

function rest(left: number, { dim }: Colours): string {
  return left > 0 ? dim(`\n… and ${count(left)} more: --all shows them.`) : '';
}

/** What failing runs do that passing ones do not. */
export function outcomeScreen(answer: OutcomeSteps, { all }: { all: boolean }, screen: Screen): string {
  const { runs, failing, passing, looked, steps, judgedBy } = answer;
  const { bold, dim } = screen.colours;
  const lines = [
    `${bold(plainLine(runs))}: ${plural(failing, 'failing run')}, ${plural(passing, 'passing run')}${notIn(answer.left)}.`,
  ];
  if (judgedBy === 'completion')
    lines.push(dim('No run has a score: a run fails here when it ends in an error.'));
  if (failing === 0 || passing === 0) {
    lines.push(
      `There is nothing to set beside each other: no run ${failing === 0 ? 'fails' : 'passes'}.`,
      '',
    );
    return lines.join('\n');
  }
  if (steps.length === 0) {
    const they = looked === 1 ? 'The one step there is occurs' : `All ${count(looked)} steps occur`;
    lines.push(
      looked === 0 ? 'These runs have no steps.' : `${they} as often in failing runs as in passing ones.`,
      '',
    );
    return lines.join('\n');
  }
  const shown = all ? steps : steps.slice(0, 2 * MOST_SHOWN);
  lines.push(
    '',
    table(shown, APART_COLUMNS, screen).trimEnd() + rest(steps.length - shown.length, screen.colours),
  );
  lines.push(
    dim(
      `p: Fisher’s exact test, of each step alone; ${looked === 1 ? '1 step was' : `${count(looked)} steps were`} looked at${looked === 1 ? '' : ', so small ones come by chance'}.`,
    ),
    '',
  );
  return lines.join('\n');
}

const APART_COLUMNS = [
  {
    title: 'STEP',
    of: ({ name, kind, arguments: given, error }: ApartStep) =>
      [name || kind, given, error && `fails: ${error}`].filter(Boolean).join(' '),
    shrinksTo: 24,
  },
  { title: 'KIND', of: ({ kind }: ApartStep) => kind },
  { title: 'FAILING', of: ({ failing }: ApartStep) => count(failing), right: true },
  { title: 'PASSING', of: ({ passing }: ApartStep) => count(passing), right: true },
  {
    title: 'DIFFERENCE',
    of: ({ difference }: ApartStep) => `${difference > 0 ? '+' : '-'}${share(Math.abs(difference))}`,
    right: true,
  },
  { title: 'P', of: ({ p }: ApartStep) => (p < 0.001 ? '<0.001' : p.toFixed(3)), right: true },
];

function notIn({ infrastructure, unjudged, running }: OutcomeSteps['left']): string {
  const parts = [
    infrastructure > 0 && `${count(infrastructure)} ended by the machinery`,
    unjudged > 0 && `${count(unjudged)} not judged`,
    running > 0 && `${count(running)} running`,
  ].filter(Boolean);
  return parts.length === 0 ? '' : ` (left out: ${parts.join(', ')})`;
}
