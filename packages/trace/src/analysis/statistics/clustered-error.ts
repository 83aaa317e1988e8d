import { mean, sum } from './moments.ts';

/** The mean of scores that come in tasks, and how far it can be trusted. */
export type Clustered = {
  /** Scores and tasks. */
  scores: number;
  tasks: number;
  mean: number;
  /** As if trials of a task told as much as trials of others: too small. */
  naiveError: number;
  /** Standard error with the tasks as clusters, and the same corrected for few tasks (CR1): the one to use, with tasks - 1 degrees of freedom. */
  error: number;
  correctedError: number;
  /** Share of the variance that lies between tasks, 0 to 1; and how many times more trials are needed for it. */
  intraclass: number;
  designEffect: number;
};

/**
 * Clustered standard errors (Miller 2024, arXiv 2411.00640); intraclass correlation by analysis of variance for tasks of
 * unequal size. Needs a task with a score; with a single task the errors are NaN.
 */
export function clusteredError(tasks: readonly (readonly number[])[]): Clustered {
  const filled = tasks.filter((scores) => scores.length > 0);
  const all = filled.flat();
  const [n, groups, middle] = [all.length, filled.length, mean(all)];
  const squares = sum(all.map((score) => (score - middle) ** 2));
  const between = sum(filled.map((scores) => sum(scores.map((score) => score - middle)) ** 2));
  const error = groups > 1 ? Math.sqrt(between) / n : Number.NaN;
  const size = (n - sum(filled.map(({ length }) => length ** 2)) / n) / (groups - 1);
  const meanSquareBetween =
    sum(filled.map((scores) => scores.length * (mean(scores) - middle) ** 2)) / (groups - 1);
  const within = sum(filled.map((scores) => sum(scores.map((score) => (score - mean(scores)) ** 2))));
  const meanSquareWithin = n > groups ? within / (n - groups) : 0;
  const variances = meanSquareBetween + (size - 1) * meanSquareWithin;
  const intraclass = variances > 0 ? Math.max(0, (meanSquareBetween - meanSquareWithin) / variances) : 0;
  return {
    scores: n,
    tasks: groups,
    mean: middle,
    naiveError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : Number.NaN,
    error,
    correctedError: error * Math.sqrt(groups / (groups - 1)),
    intraclass,
    designEffect: 1 + (Math.max(1, size) - 1) * intraclass,
  };
}
