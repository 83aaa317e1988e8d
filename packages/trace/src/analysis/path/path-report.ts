import { kindAt, type SpanColumns, textAt } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';
import type { SpanKind } from '../../model/span.ts';
import { AverageAtOnce, intervalEdges, mostAtOnce } from '../at-once.ts';
import { activeAgents, busyTime, mostWorkers, parallelismOf, workersOf } from '../concurrency.ts';
import { type Prepared, prepare } from '../summary.ts';
import type { SpanTree } from '../tree.ts';
import { type CriticalPath, criticalPathOf, outlivingOf, slackOf } from './critical-path.ts';
import { type Dependencies, runDependencies } from './dependencies.ts';
import { type Floor, floorOf } from './floor.ts';
import { GROUPERS, PATH_GROUPINGS, type PathGrouping } from './groupings.ts';
import { savingOf } from './what-if.ts';

export type PathSpan = { spanId: string; name: string; kind: SpanKind };

/** A stretch of the critical path; `span` is null while nothing ran. Times in µs since the epoch. */
export type PathStretch = { span: PathSpan | null; fromUs: number; toUs: number };

/** A group's part of the path. The parts of one grouping add up to the run's time. */
export type PathShare = {
  /** '' for what belongs to no group. */
  name: string;
  pathUs: number;
  /** Of the run's time, 0 to 1. */
  share: number;
};

/** What the run would have saved, played again. Never more than the spans' time. */
export type PathSaving = {
  by: PathGrouping;
  name: string;
  spans: number;
  /** Had all spans of the group taken no time. */
  noneUs: number;
  /** Had they taken half. */
  halfUs: number;
};

export type PathReport = {
  runId: string;
  /** The run's time: from its start to its end, what no span explains included. */
  wallUs: number;
  /** Of it, when no span ran. */
  idleUs: number;
  stretches: PathStretch[];
  shares: Record<PathGrouping, PathShare[]>;
  /** Largest first. */
  savings: PathSaving[];
  concurrency: {
    /** Speed-up over serial work. */
    speedUp: number;
    /** The run's time if every agent that stood in line had started at once. */
    floorUs: number;
    /** What the run waits for then, longest first. */
    limits: (PathSpan & { pathUs: number })[];
    /** Time that agents stood in line, added up. */
    queuedUs: number;
    /** Who is counted as active: agents but those with agents below them, or calls in a run without agents. */
    counts: 'agents' | 'calls';
    peakActive: number;
    peakQueued: number;
    /** Averages over equal intervals that begin at these times, never above the peaks. */
    tsUs: number[];
    active: number[];
    queued: number[];
  };
  /** Spans that ended after the span above them. */
  outliving: { count: number; examples: (PathSpan & { aboveName: string; byUs: number })[] };
  /** Of every span, in the order of the run's spans. */
  spans: { spanId: string; onPathUs: number; slackUs: number }[];
};

/** Groups of each grouping for which a saving is worked out: the run is played again for each, twice. */
const MOST_GROUPS = 12;
/** Kinds whose spans stand around the work of others: to speed them up is to speed up what is in them. */
const CONTAINERS = new Set<string>(['agent', 'stage', 'task']);
const MOST_EXAMPLES = 20;
const MOST_LIMITS = 8;
const POINTS = 240;

/** Where the time of a run went, and what would make it shorter. `nowUs` is the end of what is still running. */
export function pathReportOf(run: Run, nowUs: number, prepared: Prepared = prepare(run)): PathReport {
  const { columns, tree } = prepared;
  const untilUs = run.status === 'running' ? nowUs : run.lastUs;
  const dependencies = runDependencies(run, columns, tree, untilUs);
  const path = criticalPathOf(dependencies);
  const slack = slackOf(dependencies);
  const wallUs = dependencies.toUs - dependencies.fromUs;
  const spanAt = (no: number): PathSpan => ({
    spanId: run.spans[no]!.spanId,
    name: textAt(columns, 'name', no),
    kind: kindAt(columns, no),
  });
  const outliving = outlivingOf(dependencies, tree.parent);
  return {
    runId: run.runId,
    wallUs,
    idleUs: Math.max(0, wallUs - busyTime(columns, untilUs)),
    stretches: path.segments.map(({ no, fromUs, toUs }) => ({
      span: no < 0 ? null : spanAt(no),
      fromUs,
      toUs,
    })),
    shares: sharesOf(columns, tree, path, wallUs),
    savings: savingsOf(columns, tree, dependencies, path),
    concurrency: concurrencyOf(columns, tree, dependencies, untilUs, spanAt),
    outliving: {
      count: outliving.length,
      examples: outliving
        .map((no) => ({ no, up: tree.parent[no]! }))
        .map(({ no, up }) => ({
          ...spanAt(no),
          aboveName: textAt(columns, 'name', up),
          byUs: dependencies.endUs[no]! - dependencies.endUs[up]!,
        }))
        .sort((a, b) => b.byUs - a.byUs)
        .slice(0, MOST_EXAMPLES),
    },
    spans: run.spans.map(({ spanId }, no) => ({
      spanId,
      onPathUs: path.onPathUs[no]!,
      slackUs: slack[no]!,
    })),
  };
}

function sharesOf(
  columns: SpanColumns,
  tree: SpanTree,
  path: CriticalPath,
  wallUs: number,
): Record<PathGrouping, PathShare[]> {
  const shares = PATH_GROUPINGS.map((by) => {
    const sums = pathByGroup(path, GROUPERS[by](columns, tree));
    const list = [...sums].map(([name, pathUs]) => ({
      name,
      pathUs,
      share: wallUs > 0 ? pathUs / wallUs : 0,
    }));
    return [by, list.sort((a, b) => b.pathUs - a.pathUs)] as const;
  });
  return Object.fromEntries(shares) as Record<PathGrouping, PathShare[]>;
}

function pathByGroup(path: CriticalPath, groupOf: (no: number) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { no, fromUs, toUs } of path.segments) {
    const name = no < 0 ? '' : groupOf(no);
    sums.set(name, (sums.get(name) ?? 0) + toUs - fromUs);
  }
  return sums;
}

/** What saves something, of the groups that are on the path: what is off it saves nothing. */
function savingsOf(
  columns: SpanColumns,
  tree: SpanTree,
  dependencies: Dependencies,
  path: CriticalPath,
): PathSaving[] {
  const savings: PathSaving[] = [];
  const group = new Int32Array(columns.count);
  const allUs = savingOf(dependencies, tree, () => true);
  for (const by of PATH_GROUPINGS) {
    const groupOf = GROUPERS[by](columns, tree);
    const numbers = new Map<string, number>();
    const spans: number[] = [];
    for (let no = 0; no < columns.count; no++) {
      const name = groupOf(no);
      let number = numbers.get(name);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(name, number);
      }
      group[no] = number;
      spans[number] = (spans[number] ?? 0) + 1;
    }
    const onPath = [...pathByGroup(path, groupOf)]
      .filter(([name]) => name !== '' && !(by === 'kind' && CONTAINERS.has(name)))
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST_GROUPS);
    for (const [name] of onPath) {
      const chosen = numbers.get(name)!;
      const isChosen = (no: number): boolean => group[no] === chosen;
      const noneUs = savingOf(dependencies, tree, isChosen);
      // What all of the work saves says nothing of this one group.
      if (noneUs === 0 || noneUs >= allUs) continue;
      savings.push({
        by,
        name,
        spans: spans[chosen]!,
        noneUs,
        halfUs: savingOf(dependencies, tree, isChosen, 0.5),
      });
    }
  }
  return savings.sort((a, b) => b.noneUs - a.noneUs);
}

function concurrencyOf(
  columns: SpanColumns,
  tree: SpanTree,
  dependencies: Dependencies,
  untilUs: number,
  spanAt: (no: number) => PathSpan,
): PathReport['concurrency'] {
  const { fromUs, toUs } = dependencies;
  const floor = floorOf(columns, dependencies);
  const workers = workersOf(columns, tree);
  const options = { nowUs: untilUs, fromUs, toUs, points: POINTS };
  const { tsUs, active } = activeAgents(columns, tree, options, workers);
  const queue = queueOf(dependencies, floor);
  const queued = new AverageAtOnce(intervalEdges(fromUs, toUs, POINTS));
  for (const [from, to] of queue) queued.add(from, to);
  const limits = [...floor.path.onPathUs.entries()]
    .filter(([, pathUs]) => pathUs > 0)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_LIMITS)
    .map(([no, pathUs]) => ({ ...spanAt(no), pathUs }));
  return {
    speedUp: parallelismOf(columns, tree, untilUs),
    floorUs: floor.wallUs,
    limits,
    queuedUs: floor.waves.queuedUs.reduce((sum, us) => sum + us, 0),
    counts: workers.what,
    peakActive: mostWorkers(columns, workers, untilUs),
    peakQueued: mostAtOnce(queue),
    tsUs: [...tsUs],
    active: [...active],
    queued: [...queued.averages()],
  };
}

/** From when to when each agent stood in line. */
function queueOf({ startUs }: Dependencies, { waves }: Floor): [fromUs: number, toUs: number][] {
  const spells: [number, number][] = [];
  waves.queuedUs.forEach((us, no) => {
    if (us > 0) spells.push([startUs[no]! - us, startUs[no]!]);
  });
  return spells;
}
