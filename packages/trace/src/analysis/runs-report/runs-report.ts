import type { ReportedRun } from '../../model/reported-run.ts';
import { type JudgedBy, type JudgeOptions, judgedByIn, settled } from '../compare/compared-run.ts';
import { type TaskConsistency, taskConsistency } from './consistency.ts';
import { type DimensionTrend, DimensionTrends } from './dimension-trend.ts';
import { type GroupFigures, groupFigures } from './group-figures.ts';
import { byTypeAndModel, groupsBy, type TypeAndModel } from './groups.ts';
import { BenchmarkLabels, type JudgedEntry, judgedEntry } from './judged-entry.ts';
import { reportNotes } from './report-notes.ts';
import { type ReportRow, reportRow } from './report-row.ts';
import { type Revisions, revisionsByType } from './revisions.ts';
import { type SessionTrend, sessionTrends } from './session-trend.ts';
import { isoTime, type TimeStep, timeStep } from './time-steps.ts';

/**
 * What many runs come to: the second seed's report, field by field, with what it leaves out. Rates are percentages, durations
 * seconds, money USD; null is unknown.
 */
export type RunsReport = {
  overall: GroupFigures;
  per_agent: Record<string, GroupFigures>;
  per_benchmark: Record<string, GroupFigures>;
  task_consistency: Record<string, TaskConsistency>;
  /** Runs that came to an end: those that the figures are of. */
  total_metrics: number;
  per_task_type_and_model: TypeAndModel[];
  /** Runs that came to an end and stand in no group, for nothing says which. */
  without: { agent: number; benchmark: number; task: number };
  judged_by: JudgedBy;
  /** Starts of the first and of the last run. */
  from: string | null;
  to: string | null;
  trends: {
    /** Width of the steps that dimensions are shown in. */
    step: TimeStep['name'];
    dimensions: DimensionTrend[];
    sessions: SessionTrend[];
    revisions: Revisions[];
  };
  notes: string[];
  /** Every run, where they are asked for. */
  runs?: ReportRow[];
};

export type ReportOptions = JudgeOptions & { rows?: boolean };

/** A report of runs that come one after the other, in any order: none is kept as a whole. */
export class RunsReportBuilder {
  readonly #options: ReportOptions;
  readonly #entries: JudgedEntry[] = [];
  readonly #rows: { row: ReportRow; entry: JudgedEntry }[] = [];
  readonly #dimensions = new DimensionTrends();
  readonly #labels = new BenchmarkLabels();

  constructor(options: ReportOptions = {}) {
    this.#options = options;
  }

  add(run: ReportedRun): void {
    const entry = judgedEntry(run, this.#options, this.#labels);
    this.#entries.push(entry);
    this.#dimensions.add(run.startUs, run.scores);
    if (this.#options.rows) this.#rows.push({ row: reportRow(run, entry), entry });
  }

  /** The report of all runs so far; which of them are successes is told as a comparison tells it. */
  report(): RunsReport {
    const judgedBy = judgedByIn(this.#entries);
    for (const entry of this.#entries) settled(entry, judgedBy);
    const entries = this.#entries;
    const overall = groupFigures(entries);
    const agents = groupsBy(entries, ({ agent }) => agent);
    const benchmarks = groupsBy(entries, ({ benchmark }) => benchmark);
    const consistency = taskConsistency(entries);
    const [fromUs, toUs] = extentOf(entries);
    const step = timeStep(fromUs, toUs);
    return {
      overall,
      per_agent: agents.groups,
      per_benchmark: benchmarks.groups,
      task_consistency: consistency.tasks,
      total_metrics: overall.total,
      per_task_type_and_model: byTypeAndModel(entries),
      without: { agent: agents.without, benchmark: benchmarks.without, task: consistency.without },
      judged_by: judgedBy,
      from: fromUs > 0 ? isoTime(fromUs) : null,
      to: toUs > 0 ? isoTime(toUs) : null,
      trends: {
        step: step.name,
        dimensions: this.#dimensions.trends(step),
        sessions: sessionTrends(entries),
        revisions: revisionsByType(entries),
      },
      notes: reportNotes(entries, overall, judgedBy),
      ...(this.#options.rows && { runs: this.#table() }),
    };
  }

  /** The oldest run first. */
  #table(): ReportRow[] {
    return this.#rows
      .map(({ row, entry }) => ({ ...row, outcome: entry.run.outcome, startUs: entry.startUs }))
      .sort((a, b) => a.startUs - b.startUs || (a.run_id < b.run_id ? -1 : 1))
      .map(({ startUs: _, ...row }) => row);
  }
}

export function runsReport(runs: Iterable<ReportedRun>, options: ReportOptions = {}): RunsReport {
  const builder = new RunsReportBuilder(options);
  for (const run of runs) builder.add(run);
  return builder.report();
}

/** Of the runs whose start is known; 0 and 0 without any. */
function extentOf(runs: readonly JudgedEntry[]): [fromUs: number, toUs: number] {
  let [fromUs, toUs] = [Number.POSITIVE_INFINITY, 0];
  for (const { startUs } of runs) {
    if (startUs <= 0) continue;
    fromUs = Math.min(fromUs, startUs);
    toUs = Math.max(toUs, startUs);
  }
  return toUs === 0 ? [0, 0] : [fromUs, toUs];
}
