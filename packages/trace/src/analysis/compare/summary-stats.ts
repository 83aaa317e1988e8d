import { quantile } from '../quantile.ts';
import { mean } from '../statistics/moments.ts';
import type { JudgedRun } from './compared-run.ts';

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
export function summaryStats(all: readonly JudgedRun[]): SummaryStats {
  const tally = new SummaryTally();
  let successful = 0;
  for (const run of all) {
    if (run.outcome === 'running') continue;
    tally.add(run);
    if (run.outcome === 'success') successful++;
  }
  return tally.stats(successful);
}

/** The figures of runs that come one after the other and are not kept. */
export class SummaryTally {
  total = 0;
  readonly #seconds: number[] = [];
  #sorted: Float64Array | undefined;
  readonly #patchBytes = new Mean();
  readonly #filesChanged = new Mean();
  readonly #reward = new Mean();
  readonly #errors = new Map<string, number>();

  /** A run that came to an end. */
  add({ durationUs, patchBytes, filesChanged, score, errorType }: JudgedRun): void {
    this.total++;
    if (durationUs !== null) this.#seconds.push(durationUs / 1e6);
    this.#patchBytes.add(patchBytes);
    this.#filesChanged.add(filesChanged);
    this.#reward.add(score);
    if (errorType !== undefined) this.#errors.set(errorType, (this.#errors.get(errorType) ?? 0) + 1);
  }

  stats(successful: number): SummaryStats {
    const { total } = this;
    return {
      total,
      successful,
      success_rate: total === 0 ? 0 : rounded((successful / total) * 100),
      avg_duration_sec: this.#seconds.length === 0 ? null : rounded(mean(this.#seconds)),
      median_duration_sec: this.durationSec(0.5),
      avg_patch_size_bytes: this.#patchBytes.value(),
      avg_files_changed: this.#filesChanged.value(),
      avg_reward: this.#reward.value(),
      max_reward: this.#reward.most,
      errors: Object.fromEntries([...this.#errors].sort((a, b) => b[1] - a[1])),
    };
  }

  /** The duration that a share of the runs does not exceed; null where none is known. */
  durationSec(share: number): number | null {
    if (this.#seconds.length === 0) return null;
    if (this.#sorted?.length !== this.#seconds.length) this.#sorted = Float64Array.from(this.#seconds).sort();
    return rounded(quantile(this.#sorted, share));
  }
}

/** The mean of what is known. */
export class Mean {
  count = 0;
  sum = 0;
  most: number | null = null;

  add(value: number | null): void {
    if (value === null) return;
    this.count++;
    this.sum += value;
    this.most = this.most === null ? value : Math.max(this.most, value);
  }

  value(): number | null {
    return this.count === 0 ? null : rounded(this.sum / this.count);
  }
}

/** To four places: what is beyond them is noise of the arithmetic. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
