import type { ComparedRun } from './compared-run.ts';
import { rounded, type SummaryStats, summaryStats } from './summary-stats.ts';

/** `delta_percent` is in percentage points for `success_rate`, and in percent of the baseline for a duration. */
export type ThresholdFinding = {
  metric: 'success_rate' | 'avg_duration_sec';
  baseline: number;
  treatment: number;
  delta_percent: number;
};

/** The second seed's regression report: what moved by more than the threshold, whatever chance has to do with it. */
export type ThresholdReport = {
  threshold_percent: number;
  regressions: ThresholdFinding[];
  improvements: ThresholdFinding[];
  baseline_stats: SummaryStats;
  treatment_stats: SummaryStats;
};

/** Of all runs that came to an end, infrastructure errors among them: the seed knows none. */
export function thresholdReport(
  baseline: readonly ComparedRun[],
  treatment: readonly ComparedRun[],
  thresholdPercent = 10,
): ThresholdReport {
  const [before, after] = [summaryStats(baseline), summaryStats(treatment)];
  const findings: (ThresholdFinding & { worse: boolean })[] = [];
  if (before.total > 0 && after.total > 0)
    findings.push({
      metric: 'success_rate',
      baseline: before.success_rate,
      treatment: after.success_rate,
      delta_percent: rounded(after.success_rate - before.success_rate),
      worse: after.success_rate < before.success_rate,
    });
  const [was, is] = [before.avg_duration_sec, after.avg_duration_sec];
  if (was !== null && is !== null && was > 0)
    findings.push({
      metric: 'avg_duration_sec',
      baseline: was,
      treatment: is,
      delta_percent: rounded(((is - was) / was) * 100),
      worse: is > was,
    });
  const moved = findings.filter(({ delta_percent }) => Math.abs(delta_percent) > thresholdPercent);
  return {
    threshold_percent: thresholdPercent,
    regressions: moved.filter(({ worse }) => worse).map(withoutWorse),
    improvements: moved.filter(({ worse }) => !worse).map(withoutWorse),
    baseline_stats: before,
    treatment_stats: after,
  };
}

function withoutWorse({ worse: _, ...finding }: ThresholdFinding & { worse: boolean }): ThresholdFinding {
  return finding;
}
