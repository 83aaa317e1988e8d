import type { PathReport, PathSaving, PathShare, PathStretch } from '@tacho/trace/analysis/path/path-report';
import { span as barLine } from './bars.ts';
import type { Colours } from './colours.ts';
import { duration, plural, share } from './figures.ts';
import { plainLine } from './plain.ts';
import { table } from './table.ts';

/** What the server answers. */
export type PathAnswer = Omit<PathReport, 'spans'> & {
  whatIf?: { what: string; factor: number; savingUs: number };
};

type Screen = { columns: number; colours: Colours };

/** Stretches and savings shown unless all are wanted: the longest, in the order of time. */
const MOST_STRETCHES = 15;
const MOST_SAVINGS = 10;
const BAR = 24;

/** The critical path of a run as a screen. */
export function pathScreen(answer: PathAnswer, { all }: { all: boolean }, screen: Screen): string {
  const { colours } = screen;
  const { runId, wallUs, idleUs, stretches, whatIf } = answer;
  if (stretches.length === 0) return `${colours.bold(plainLine(runId))}\nNothing in this run took time.\n`;
  const idle = idleUs > 0 ? `, of which nothing ran for ${duration(idleUs)}` : '';
  return [
    `${colours.bold(plainLine(runId))}`,
    `Time: ${duration(wallUs)}${idle}`,
    ...(whatIf ? [whatIfLine(whatIf, wallUs, colours)] : []),
    ...concurrencyLines(answer),
    ...outlivingLine(answer),
    '',
    stretchTable(stretches, wallUs, all, screen),
    ...sharesLines(answer.shares, colours),
    '',
    savingTable(answer.savings, wallUs, screen),
  ].join('\n');
}

function whatIfLine(
  { what, factor, savingUs }: NonNullable<PathAnswer['whatIf']>,
  wallUs: number,
  { bold }: Colours,
): string {
  const how = factor === 0 ? 'took no time' : `took ${share(factor)} of their time`;
  const saved =
    savingUs > 0
      ? `${duration(savingUs)} sooner (${share(savingUs / wallUs)}), after ${duration(wallUs - savingUs)}`
      : 'at the same time: something else takes as long';
  return bold(`If ${plainLine(what)} ${how}, the run would end ${saved}.`);
}

function* concurrencyLines({ concurrency, wallUs }: PathAnswer): Generator<string> {
  const { speedUp, floorUs, limits, queuedUs, counts, peakActive, peakQueued } = concurrency;
  const most =
    counts === 'agents' ? `${plural(peakActive, 'agent')} at work` : `${plural(peakActive, 'call')} at once`;
  yield `Parallel: ${speedUp.toFixed(1)} x over serial; at most ${most}`;
  if (queuedUs === 0) return;
  const [first] = limits;
  const limit = first ? `, then limited by ${plainLine(first.name)} (${duration(first.pathUs)})` : '';
  yield `In line: up to ${plural(peakQueued, 'agent')}, ${duration(queuedUs)} in all; with a worker for each the run takes ${duration(floorUs)} (${share(floorUs / wallUs)})${limit}`;
}

function* outlivingLine({ outliving }: PathAnswer): Generator<string> {
  const [first] = outliving.examples;
  if (first === undefined) return;
  const others = outliving.count > 1 ? `, and ${plural(outliving.count - 1, 'other span')} too` : '';
  yield `Left behind: ${plainLine(first.name)} went on for ${duration(first.byUs)} after ${plainLine(first.aboveName)} had ended${others}`;
}

function stretchTable(
  stretches: readonly PathStretch[],
  wallUs: number,
  all: boolean,
  screen: Screen,
): string {
  const length = ({ fromUs, toUs }: PathStretch): number => toUs - fromUs;
  const longest = new Set(stretches.toSorted((a, b) => length(b) - length(a)).slice(0, MOST_STRETCHES));
  const shown = all ? stretches : stretches.filter((stretch) => longest.has(stretch));
  const startUs = stretches[0]!.fromUs;
  const hidden = all ? [] : stretches.filter((stretch) => !longest.has(stretch));
  const rest =
    hidden.length === 0
      ? ''
      : screen.colours.dim(
          `… and ${plural(hidden.length, 'other stretch', 'other stretches')} of ${duration(hidden.reduce((sum, one) => sum + length(one), 0))} in all, none longer than these: --all shows them.\n`,
        );
  const lines = table(
    shown,
    [
      { title: 'CRITICAL PATH', of: ({ span }) => span?.name ?? '(nothing ran)', shrinksTo: 20 },
      { title: 'KIND', of: ({ span }) => span?.kind ?? '' },
      { title: 'TIME', of: (stretch) => duration(length(stretch)), right: true },
      { title: 'SHARE', of: (stretch) => share(length(stretch) / wallUs), right: true },
      {
        title: 'WHEN',
        of: () => '━'.repeat(BAR),
        paint: ({ fromUs, toUs }) =>
          barLine((fromUs - startUs) / wallUs, (toUs - startUs) / wallUs, BAR).padEnd(BAR),
      },
    ],
    screen,
  );
  return lines + rest;
}

function* sharesLines(shares: PathAnswer['shares'], { dim }: Colours): Generator<string> {
  for (const [by, list] of Object.entries(shares) as [string, PathShare[]][]) {
    const named = list.filter(({ name, share: part }) => name !== '' && part >= 0.005);
    if (named.length === 0) continue;
    const text = named
      .slice(0, 6)
      .map(({ name, share: part }) => `${plainLine(name)} ${share(part)}`)
      .join(', ');
    yield `${dim(`by ${by}`.padEnd(9))} ${text}`;
  }
}

function savingTable(savings: readonly PathSaving[], wallUs: number, screen: Screen): string {
  const worth = savings.filter(({ noneUs }) => noneUs > 0).slice(0, MOST_SAVINGS);
  if (worth.length === 0) return '';
  return table(
    worth,
    [
      { title: 'WHAT IF', of: ({ by, name }) => `${by}:${name}`, shrinksTo: 20 },
      { title: 'SPANS', of: ({ spans }) => String(spans), right: true },
      { title: 'TOOK NO TIME', of: ({ noneUs }) => saved(noneUs, wallUs), right: true },
      { title: 'HALF', of: ({ halfUs }) => saved(halfUs, wallUs), right: true },
    ],
    screen,
  );
}

function saved(us: number, wallUs: number): string {
  return `-${duration(us)} (${share(us / wallUs)})`;
}
