import { asNumber } from '../model/json.ts';
import type { RunHeader } from '../model/run.ts';
import type { Leverage } from '../model/summary.ts';
import { leverageOf } from './leverage.ts';
import { finalScoreOf, roundsOf } from './scores.ts';

/** The scale that the formula of leverage divides by. */
const SCALE = 10;

/** Start to end in µs, or to the newest record while the run has no end. */
export function durationOf(run: RunHeader): number {
  return Math.max(0, (run.endUs ?? run.lastUs) - run.startUs);
}

/**
 * Leverage of a finished run; null while it runs. The run's attributes `tac_hours`, `energy_cost_usd`,
 * `inference_cost_usd` (default: the known cost) and `hourly_rate_usd` go into it, and its lines of output. Scores that
 * state another maximum than 10 are brought to that scale.
 */
export function runLeverage(run: RunHeader, costUsd: number | null): Leverage | null {
  if (run.status === 'running') return null;
  const { attributes } = run;
  const stated = asNumber(attributes.leverage);
  // A log states what came of hours that it does not state: without them there is only the other kind.
  if (stated !== undefined && attributes.leverage_kind === 'tac' && attributes.tac_hours === undefined)
    return { value: stated, kind: 'tac' };
  const rounds = roundsOf(run.scores).filter(({ value }) => value !== null);
  const judged = rounds.length > 0 ? rounds : [finalScoreOf(run.scores)];
  return leverageOf({
    tacHours: asNumber(attributes.tac_hours),
    scores: judged.flatMap((score) => {
      if (score === undefined || score.value === null) return [];
      return [score.max !== undefined && score.max > 0 ? (score.value * SCALE) / score.max : score.value];
    }),
    outputLines: run.output?.lines,
    runtimeS: durationOf(run) / 1e6,
    energyCostUsd: asNumber(attributes.energy_cost_usd),
    inferenceCostUsd: asNumber(attributes.inference_cost_usd) ?? costUsd ?? 0,
    hourlyRateUsd: asNumber(attributes.hourly_rate_usd),
  });
}
