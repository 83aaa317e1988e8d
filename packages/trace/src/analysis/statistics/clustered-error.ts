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

/** How the trials of a task came out. */
export type Counts = { successes: number; failures: number };

/** `clusteredError` of ones and zeros, by their counts. */
export function clusteredCounts(tasks: readonly Counts[]): Clustered {
  let [n, groups, successes] = [0, 0, 0];
  for (const task of tasks) {
    n += task.successes + task.failures;
    successes += task.successes;
    if (task.successes + task.failures > 0) groups++;
  }
  const middle = successes / n;
  let [squaredSizes, between, betweenMeans, within] = [0, 0, 0, 0];
  for (const { successes: ones, failures } of tasks) {
    const size = ones + failures;
    if (size === 0) continue;
    squaredSizes += size ** 2;
    between += (ones - size * middle) ** 2;
    betweenMeans += size * (ones / size - middle) ** 2;
    within += (ones * failures) / size;
  }
  const squares = successes * (1 - middle) ** 2 + (n - successes) * middle ** 2;
  return clustered({ n, groups, middle, squares, squaredSizes, between, betweenMeans, within });
}

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
  const squaredSizes = sum(filled.map(({ length }) => length ** 2));
  const betweenMeans = sum(filled.map((scores) => scores.length * (mean(scores) - middle) ** 2));
  const within = sum(filled.map((scores) => sum(scores.map((score) => (score - mean(scores)) ** 2))));
  return clustered({ n, groups, middle, squares, squaredSizes, between, betweenMeans, within });
}

/** Sums over scores and over tasks; `between` is of the squares of the tasks' summed residuals. */
type Sums = Record<
  'n' | 'groups' | 'middle' | 'squares' | 'squaredSizes' | 'between' | 'betweenMeans' | 'within',
  number
>;

function clustered(sums: Sums): Clustered {
  const { n, groups, middle, squares, squaredSizes, between, betweenMeans, within } = sums;
  const error = groups > 1 ? Math.sqrt(between) / n : Number.NaN;
  const size = (n - squaredSizes / n) / (groups - 1);
  const meanSquareBetween = betweenMeans / (groups - 1);
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
