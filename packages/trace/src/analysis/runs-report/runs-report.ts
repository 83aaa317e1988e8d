import type { JudgedFacts } from '../../model/judged-facts.ts';
import type { RunSummary } from '../../model/summary.ts';
import type { JudgedBy, JudgeOptions } from '../compare/compared-run.ts';
import { judgedFactsOf } from '../judged-facts.ts';
import { Consistency, type TaskConsistency } from './consistency.ts';
import { type DimensionTrend, DimensionTrends } from './dimension-trend.ts';
import { type GroupFigures, GroupTally, undecidedAs } from './group-tally.ts';
import { Groups, type TypeAndModel, TypesAndModels } from './groups.ts';
import { hasEnded, judgedEntry, TaskNumbers } from './judged-entry.ts';
import { reportNotes } from './report-notes.ts';
import { type ReportRow, reportRow } from './report-row.ts';
import { type Revisions, RevisionTally } from './revisions.ts';
import { type SessionTrend, SessionTrends } from './session-trend.ts';
import { type StepFigures, StepTrends } from './step-trend.ts';
import type { Settlement } from './task-outcomes.ts';
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
  /** Runs that came to an end and stand in no group, for nothing says which, or in no trend, for nothing says when they were. */
  without: { agent: number; benchmark: number; task: number; time: number };
  judged_by: JudgedBy;
  /** Starts of the first and of the last run. */
  from: string | null;
  to: string | null;
  trends: {
    /** Width of the steps of time. */
    step: TimeStep['name'];
    /** Runs by when they started. */
    steps: StepFigures[];
    dimensions: DimensionTrend[];
    sessions: SessionTrend[];
    revisions: Revisions[];
  };
  notes: string[];
  /** Every run, where they are asked for. */
  runs?: ReportRow[];
};

export type ReportOptions = JudgeOptions & { rows?: boolean };

/** A report of runs that come one after the other, in any order, and are not kept. */
export class RunsReportBuilder {
  readonly #options: ReportOptions;
  readonly #tasks = new TaskNumbers();
  readonly #overall = new GroupTally();
  readonly #agents = new Groups();
  readonly #benchmarks = new Groups();
  readonly #typesAndModels = new TypesAndModels();
  readonly #consistency = new Consistency();
  readonly #steps = new StepTrends();
  readonly #dimensions = new DimensionTrends();
  readonly #sessions = new SessionTrends();
  readonly #revisions = new RevisionTally();
  readonly #scales = new Map<number | undefined, number>();
  readonly #rows: { row: ReportRow; startUs: number; undecided: boolean }[] = [];
  #judged = false;
  #withoutTime = 0;
  #fromUs = Number.POSITIVE_INFINITY;
  #toUs = 0;

  constructor(options: ReportOptions = {}) {
    this.#options = options;
  }

  add(facts: JudgedFacts): void {
    const entry = judgedEntry(facts, this.#options, this.#tasks);
    const { undecided } = entry;
    const { startUs } = facts;
    if (entry.judged) this.#judged = true;
    this.#overall.add(entry);
    this.#agents.add(facts.agent, entry);
    this.#benchmarks.add(facts.benchmark, entry);
    this.#typesAndModels.add(entry);
    this.#consistency.add(entry);
    this.#steps.add(entry);
    this.#dimensions.add(startUs, facts.dimensions);
    this.#sessions.add(entry);
    this.#revisions.add(entry);
    const { score, scoreMax } = entry.run;
    if (score !== null && hasEnded(entry)) this.#scales.set(scoreMax, (this.#scales.get(scoreMax) ?? 0) + 1);
    if (startUs <= 0 && hasEnded(entry)) this.#withoutTime++;
    if (startUs > 0) {
      this.#fromUs = Math.min(this.#fromUs, startUs);
      this.#toUs = Math.max(this.#toUs, startUs);
    }
    if (this.#options.rows) this.#rows.push({ row: reportRow(entry), startUs, undecided });
  }

  /** The report of all runs so far; which of them are successes is told as a comparison tells it. */
  report(): RunsReport {
    const judgedBy = this.#judged ? 'score' : 'completion';
    const settlement = { judgedBy, missingAsFailure: this.#options.missingAsFailure ?? false } as const;
    const overall = this.#overall.figures(settlement);
    const [fromUs, toUs] = this.#toUs === 0 ? [0, 0] : [this.#fromUs, this.#toUs];
    const step = timeStep(fromUs, toUs);
    const scales = [...this.#scales].sort((a, b) => b[1] - a[1]).map(([max]) => max);
    return {
      overall,
      per_agent: Object.fromEntries(this.#agents.figures(settlement)),
      per_benchmark: Object.fromEntries(this.#benchmarks.figures(settlement)),
      task_consistency: this.#consistency.tasks(settlement),
      total_metrics: overall.total,
      per_task_type_and_model: this.#typesAndModels.figures(settlement),
      without: {
        agent: this.#agents.without,
        benchmark: this.#benchmarks.without,
        task: this.#consistency.without,
        time: this.#withoutTime,
      },
      judged_by: judgedBy,
      from: fromUs > 0 ? isoTime(fromUs) : null,
      to: toUs > 0 ? isoTime(toUs) : null,
      trends: {
        step: step.name,
        steps: this.#steps.steps(step, settlement),
        dimensions: this.#dimensions.trends(step),
        sessions: this.#sessions.trends(),
        revisions: this.#revisions.byType(),
      },
      notes: reportNotes(overall, { judgedBy, scales, withoutTime: this.#withoutTime }),
      ...(this.#options.rows && { runs: this.#table(settlement) }),
    };
  }

  /** The oldest run first. */
  #table(settlement: Settlement): ReportRow[] {
    return this.#rows
      .toSorted((a, b) => a.startUs - b.startUs || (a.row.run_id < b.row.run_id ? -1 : 1))
      .map(({ row, undecided }) => (undecided ? { ...row, outcome: undecidedAs(settlement) } : row));
  }
}

export function runsReport(runs: Iterable<RunSummary>, options: ReportOptions = {}): RunsReport {
  const builder = new RunsReportBuilder(options);
  for (const run of runs) builder.add(judgedFactsOf(run));
  return builder.report();
}
