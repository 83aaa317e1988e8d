import { duration, moneyAtLeast, NONE, percent } from '../../ui/format.ts';

/** A share in percent, as reports have it. */
export function rateText(rate: number | null): string {
  return rate === null ? NONE : percent(rate / 100);
}

export function intervalText(interval: { lower: number; upper: number } | null): string {
  return interval === null ? '' : `${rateText(interval.lower)} to ${rateText(interval.upper)}`;
}

export function secondsText(seconds: number | null): string {
  return seconds === null ? NONE : duration(seconds * 1e6);
}

/** A sum of cost; `≥` where the cost of some runs is not known in full. */
export function costText(of: { total_cost_usd: number | null; runs_without_cost: number }): string {
  return moneyAtLeast(of.total_cost_usd, of.runs_without_cost);
}
