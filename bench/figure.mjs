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

/** Rounds that do not count: V8 has compiled the hot paths for good after two. */
const WARM_UP = 2;

/**
 * Runs every contestant in turn, round by round, so that a busy machine hits all of them alike; the first rounds warm up.
 * @param {Record<string, () => number | Promise<number>>} contestants each measures itself once
 * @param {number} rounds that count
 * @returns {Promise<Record<string, number>>} medians
 */
export async function alternate(contestants, rounds) {
  /** @type {Record<string, number[]>} */
  const measured = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < WARM_UP + rounds; round++) {
    for (const [name, measure] of Object.entries(contestants)) {
      const value = await measure();
      if (round >= WARM_UP) measured[name].push(value);
    }
  }
  return Object.fromEntries(Object.entries(measured).map(([name, values]) => [name, median(values)]));
}
