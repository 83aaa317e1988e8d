import { quantile } from '../quantile.ts';
import { mean } from '../statistics/moments.ts';
import type { ComparedRun } from './compared-run.ts';
import { errorCounts } from './error-counts.ts';

/** The second seed's figures of a set of runs, field by field. Rates are percentages, durations seconds. */
export type SummaryStats = {
  total: number;
  successful: number;
  success_rate: number;
  avg_duration_sec: number | null;
  median_duration_sec: number | null;
  avg_patch_size_bytes: number | null;
  avg_files_changed: number | null;
  avg_reward: number | null;
  max_reward: number | null;
  errors: Record<string, number>;
};

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
  const [before, after] = [statsOf(baseline), statsOf(treatment)];
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

function statsOf(all: readonly ComparedRun[]): SummaryStats {
  const runs = all.filter(({ outcome }) => outcome !== 'running');
  const successful = runs.filter(({ outcome }) => outcome === 'success').length;
  const seconds = known(runs.map(({ durationUs }) => durationUs)).map((us) => us / 1e6);
  const rewards = known(runs.map(({ score }) => score));
  return {
    total: runs.length,
    successful,
    success_rate: runs.length === 0 ? 0 : rounded((successful / runs.length) * 100),
    avg_duration_sec: meanOf(seconds),
    median_duration_sec:
      seconds.length === 0
        ? null
        : rounded(
            quantile(
              seconds.toSorted((a, b) => a - b),
              0.5,
            ),
          ),
    avg_patch_size_bytes: meanOf(known(runs.map(({ patchBytes }) => patchBytes))),
    avg_files_changed: meanOf(known(runs.map(({ filesChanged }) => filesChanged))),
    avg_reward: meanOf(rewards),
    max_reward: rewards.length === 0 ? null : rewards.reduce((most, value) => Math.max(most, value)),
    errors: errorCounts(runs),
  };
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : rounded(mean(values));
}

/** To four places: what is beyond them is noise of the arithmetic. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
