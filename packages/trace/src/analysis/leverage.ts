import type { Leverage } from '../model/summary.ts';

export type LeverageFacts = {
  /** Hours a human expert would need for the task. */
  tacHours?: number | undefined;
  /** Overall scores by round, on the scale of 0 to 10; the last one counts. */
  scores: readonly number[];
  outputLines?: number | undefined;
  runtimeS: number;
  energyCostUsd?: number | undefined;
  inferenceCostUsd?: number | undefined;
  /** Price of a human hour, which turns money into seconds; 75. */
  hourlyRateUsd?: number | undefined;
};

const HOURLY_RATE_USD = 75;

/**
 * Leverage of a run, to two decimals: the human time it saved, weighted by quality, per second it took (`tac`); or,
 * without an estimate of that time, score × lines per hour (`proxy`). Null when neither can be computed.
 */
export function leverageOf(facts: LeverageFacts): Leverage | null {
  const { tacHours, outputLines, runtimeS } = facts;
  const score = facts.scores.at(-1);
  if (score === undefined || !Number.isFinite(score) || !Number.isFinite(runtimeS)) return null;
  if (tacHours) {
    const rate =
      facts.hourlyRateUsd !== undefined && facts.hourlyRateUsd > 0 ? facts.hourlyRateUsd : HOURLY_RATE_USD;
    const costS = (((facts.energyCostUsd ?? 0) + (facts.inferenceCostUsd ?? 0)) / rate) * 3600;
    return rounded((tacHours * 3600 * (score / 10)) / Math.max(runtimeS + costS, 1), 'tac');
  }
  if (!outputLines || runtimeS <= 0) return null;
  return rounded((score * outputLines) / Math.max(runtimeS / 3600, 1e-6), 'proxy');
}

function rounded(value: number, kind: Leverage['kind']): Leverage | null {
  const cents = Math.round(value * 100) / 100;
  return Number.isFinite(cents) ? { value: cents, kind } : null;
}
