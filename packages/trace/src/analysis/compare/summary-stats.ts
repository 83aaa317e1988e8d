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

/** Of all runs that came to an end, infrastructure errors among them: the seed knows none. */
export function summaryStats(all: readonly ComparedRun[]): SummaryStats {
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
      seconds.length === 0 ? null : rounded(quantile(Float64Array.from(seconds).sort(), 0.5)),
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
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
