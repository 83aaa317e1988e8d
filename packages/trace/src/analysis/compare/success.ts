import { bootstrapGroups } from '../statistics/bootstrap.ts';
import {
  detectableMean,
  detectableMeans,
  detectablePaired,
  detectableShares,
} from '../statistics/detectable.ts';
import { fisherExact } from '../statistics/fisher.ts';
import { mcnemar } from '../statistics/mcnemar.ts';
import { deviation, mean, sum } from '../statistics/moments.ts';
import { newcombePaired, newcombeUnpaired } from '../statistics/newcombe.ts';
import { permuteGroups } from '../statistics/permutation.ts';
import { signFlip } from '../statistics/sign-flip.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import {
  BOOTSTRAP_FROM,
  type Drawing,
  drawnInterval,
  type Measured,
  meanDifference,
  meanInterval,
  UNMEASURED,
} from './measured.ts';
import { outcomesOf } from './metrics.ts';
import type { Pairing, Task } from './pairing.ts';
import { ALIKE_SHARE, attainableGroups, attainablePaired, LEAST_SPREAD } from './verdict.ts';

/** Success on both sides: by tasks, repeats of a task taken together as its success rate. */
export function measureSuccess({ design, tasks }: Pairing, drawing: Drawing): Measured {
  return design === 'paired' ? paired(tasks, drawing) : independent(tasks, drawing);
}

const KIND = {
  metric: 'success',
  value: 'share of tasks',
  scale: 'difference',
  ratioOfTotals: null,
} as const;

function paired(tasks: readonly Task[], drawing: Drawing): Measured {
  const judged = tasks
    .map((task) => ({ before: outcomesOf(task.baseline), after: outcomesOf(task.treatment) }))
    .filter(({ before, after }) => before.length > 0 && after.length > 0);
  const n = judged.length;
  const known = { ...KIND, design: 'paired', tasks: { baseline: n, treatment: n } } as const;
  if (n === 0) return { ...known, ...UNMEASURED };
  const differences = judged.map(({ before, after }) => mean(after) - mean(before));
  const differing = differences.filter((difference) => difference !== 0).length;
  const effect = mean(differences);
  const single = judged.every(({ before, after }) => before.length === 1 && after.length === 1);
  const common = {
    ...known,
    baseline: mean(judged.map(({ before }) => mean(before))),
    treatment: mean(judged.map(({ after }) => mean(after))),
    effect,
    direction: Math.sign(effect),
    attainable: attainablePaired(differing),
    differing,
    alike: wilsonInterval(differing, n).upper <= ALIKE_SHARE,
  };
  if (!single)
    return {
      ...common,
      interval: meanInterval(differences, drawing),
      tests: [{ name: 'sign-flip permutation', p: signFlip(differences, drawing).p }],
      detectable: n > 1 && differing > 0 ? detectableMean(deviation(differences), n) : null,
    };
  const onlyTreatment = differences.filter((difference) => difference > 0).length;
  const onlyBaseline = differing - onlyTreatment;
  const both = judged.filter(({ before, after }) => before[0] === 1 && after[0] === 1).length;
  const { p, midP } = mcnemar(onlyBaseline, onlyTreatment);
  const counts = { both, onlyBaseline, onlyTreatment, neither: n - both - differing };
  const interval = newcombePaired({ ...counts, onlyFirst: onlyTreatment, onlySecond: onlyBaseline });
  return {
    ...common,
    interval: { ...interval, method: 'Newcombe, paired' },
    tests: [
      { name: 'exact McNemar', p },
      { name: 'McNemar mid-p', p: midP },
    ],
    detectable: detectablePaired(n, differing / n),
    counts,
  };
}

function independent(tasks: readonly Task[], drawing: Drawing): Measured {
  const before = tasks.map((task) => outcomesOf(task.baseline)).filter(({ length }) => length > 0);
  const after = tasks.map((task) => outcomesOf(task.treatment)).filter(({ length }) => length > 0);
  const [n1, n2] = [before.length, after.length];
  const known = { ...KIND, design: 'independent', tasks: { baseline: n1, treatment: n2 } } as const;
  const [first, second] = [before.map(mean), after.map(mean)];
  const sides = { baseline: n1 > 0 ? mean(first) : null, treatment: n2 > 0 ? mean(second) : null };
  if (n1 === 0 || n2 === 0) return { ...known, ...UNMEASURED, ...sides };
  const effect = mean(second) - mean(first);
  const common = {
    ...known,
    ...sides,
    effect,
    direction: Math.sign(effect),
    attainable: attainableGroups(n1, n2),
    differing: null,
    alike: false,
  };
  if ([...before, ...after].every(({ length }) => length === 1)) {
    const one = { successes: sum(first), total: n1 };
    const other = { successes: sum(second), total: n2 };
    const share = (one.successes + other.successes) / (n1 + n2);
    return {
      ...common,
      interval: { ...newcombeUnpaired(other, one), method: 'Newcombe, independent' },
      tests: [
        {
          name: 'Fisher exact',
          p: fisherExact([
            [other.successes, n2 - other.successes],
            [one.successes, n1 - one.successes],
          ]).p,
        },
      ],
      detectable: share > 0 && share < 1 ? detectableShares(share, (2 * n1 * n2) / (n1 + n2)) : null,
    };
  }
  const found =
    Math.min(n1, n2) < BOOTSTRAP_FROM
      ? undefined
      : bootstrapGroups(n1, n2, meanDifference(first, second), drawing);
  const spread = Math.sqrt((deviation(first) ** 2 + deviation(second) ** 2) / 2);
  return {
    ...common,
    interval: drawnInterval(found),
    tests: [{ name: 'permutation of tasks', p: permuteGroups(first, second, drawing).p }],
    detectable: spread > LEAST_SPREAD ? detectableMeans(spread, n1, n2) : null,
  };
}
