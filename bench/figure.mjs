/**
 * One performance figure beside its rival or its limit, both measured in the same run.
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} unit
 * @property {number} ours
 * @property {number | null} beside the rival's or the limit's figure, in the same unit
 * @property {string} besideName
 * @property {number | null} ratio ours / beside
 * @property {string} goal as a sentence
 * @property {boolean | null} holds null where there is no goal
 */

/**
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A figure where less is better.
 * @param {{name: string, unit: string, ours: number, beside: number, besideName: string, maxRatio: number}} measured
 * @returns {Figure}
 */
export function atMost({ name, unit, ours, beside, besideName, maxRatio }) {
  const ratio = ours / beside;
  const goal = `at most ${Number(maxRatio.toPrecision(3))} × ${besideName}`;
  return { name, unit, ours, beside, besideName, ratio, goal, holds: ratio <= maxRatio };
}

/**
 * A figure where less is better, and where the limit is a number and no rival.
 * @param {{name: string, unit: string, ours: number, limit: number}} measured
 * @returns {Figure}
 */
export function within({ name, unit, ours, limit }) {
  const goal = `at most ${limit.toLocaleString('en')} ${unit}`;
  return {
    name,
    unit,
    ours,
    beside: limit,
    besideName: 'the limit',
    ratio: ours / limit,
    goal,
    holds: ours <= limit,
  };
}

/**
 * The value that a share of all values does not exceed: `quantile(times, 0.95)`.
 * @param {readonly number[]} values
 * @param {number} share
 * @returns {number}
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Rounds that do not count: V8 has compiled the hot paths for good after two. Processes start cold each time: none for them. */
const WARM_UP = 2;

/**
 * Runs every contestant in turn, round by round, so that a busy machine hits all of them alike; the first rounds warm up.
 * @param {Record<string, () => number | Promise<number>>} contestants each measures itself once
 * @param {number} rounds that count
 * @param {number} [warmUp] rounds that do not
 * @returns {Promise<Record<string, number>>} medians
 */
export async function alternate(contestants, rounds, warmUp = WARM_UP) {
  /** @type {Record<string, number[]>} */
  const measured = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [name, measure] of Object.entries(contestants)) {
      const value = await measure();
      if (round >= warmUp) measured[name].push(value);
    }
  }
  return Object.fromEntries(Object.entries(measured).map(([name, values]) => [name, median(values)]));
}
