import { wilsonInterval } from '../statistics/wilson.ts';
import type { Measured } from './measured.ts';
import { METRICS } from './metrics.ts';
import { ALPHA, differencesNeeded, type Verdict } from './verdict.ts';
import { amount, difference, percent, points, pValue, range, times } from './words.ts';

export type Judged = Measured & {
  /** The deciding p after Holm's correction; its own where there is none, null without a test. */
  adjustedP: number | null;
  /** Tests that the correction is for. */
  corrected: number;
  verdict: Verdict;
};

/** The verdict on one metric with the figures that it rests on, for people. */
export function sentenceOf(judged: Judged): string {
  const { title } = METRICS[judged.metric];
  switch (judged.verdict) {
    case 'improved':
    case 'regressed':
      return `${title} ${judged.verdict}: ${effectWords(judged)} over ${tasksWords(judged)}${countWords(judged)}; ${testWords(judged)}.`;
    case 'no detectable difference':
      return `${title}: no detectable difference over ${tasksWords(judged)}: ${effectWords(judged)}${countWords(judged)}; ${testWords(judged)}.${detectableWords(judged)}`;
    case 'too little data':
      return `${title}: too little data. ${whyTooLittle(judged)}`;
  }
}

/** `0.85× the baseline (95% interval 0.74× to 0.98×)` */
function effectWords({ scale, effect, interval, metric, baseline, treatment }: Judged): string {
  if (effect === null) return 'unknown';
  const words = wordsFor(scale, metric);
  const within = interval ? ` (95% interval ${range(words(interval.lower), words(interval.upper))})` : '';
  if (scale === 'ratio') return `${words(effect)} the baseline${within}`;
  const sides =
    metric === 'success' && baseline !== null && treatment !== null
      ? `${percent(baseline)} to ${percent(treatment)}, `
      : '';
  return `${sides}${words(effect)}${within}`;
}

function wordsFor(scale: Judged['scale'], metric: Judged['metric']): (value: number) => string {
  if (scale === 'ratio') return times;
  if (metric === 'success') return points;
  const inUnits: Partial<Record<Judged['metric'], (value: number) => string>> = {
    duration: (us) => `${difference(us / 1e6)} s`,
    cost: (usd) => `${difference(usd)} USD`,
    tokens: (tokens) => `${difference(tokens)} tokens`,
  };
  return inUnits[metric] ?? difference;
}

function tasksWords({ design, tasks }: Judged): string {
  return design === 'paired'
    ? amount(tasks.baseline, 'task')
    : `${tasks.baseline} against ${amount(tasks.treatment, 'task')}, not paired`;
}

function countWords({ counts }: Judged): string {
  return counts === undefined
    ? ''
    : `, ${counts.onlyTreatment} solved by the treatment only and ${counts.onlyBaseline} by the baseline only`;
}

function testWords({ tests, adjustedP, corrected }: Judged): string {
  const [decides, ...others] = tests;
  if (!decides) return 'nothing could be tested';
  const own = `${decides.name} ${pValue(decides.p)}`;
  const holm =
    corrected > 1 && adjustedP !== null
      ? `, after Holm's correction for ${corrected} ${pValue(adjustedP)}`
      : '';
  const disagrees = others.find(({ p }) => p < ALPHA !== decides.p < ALPHA);
  return `${own}${holm}${disagrees ? `, where ${disagrees.name} says ${pValue(disagrees.p)}` : ''}`;
}

function detectableWords({ detectable, scale, metric, design, tasks, differing }: Judged): string {
  if (design === 'paired' && differing === 0) {
    const most = wilsonInterval(0, tasks.baseline).upper;
    return ` None of them differs: of more such tasks at most ${percent(most)} will (95% interval).`;
  }
  if (detectable === null) return '';
  const size =
    scale === 'ratio'
      ? percent(detectable - 1)
      : metric === 'success'
        ? points(detectable).replace('+', '')
        : wordsFor(scale, metric)(detectable).replace('+', '');
  return ` A change of ${size} or more would be seen four times out of five.`;
}

function whyTooLittle(judged: Judged): string {
  const { design, tasks, tests, effect, differing, corrected } = judged;
  if (tests.length === 0) {
    const lacking =
      tasks.baseline === 0 && tasks.treatment === 0
        ? 'neither side has'
        : tasks.baseline === 0
          ? 'the baseline has not'
          : 'the treatment has not';
    return design === 'paired'
      ? 'No task has it on both sides.'
      : `${lacking.charAt(0).toUpperCase()}${lacking.slice(1)} a run in which it is known.`;
  }
  const seen = effect === null ? '' : ` Seen: ${effectWords(judged)}.`;
  if (design === 'independent')
    return `${tasks.baseline} against ${amount(tasks.treatment, 'task')} that cannot be paired: no result of so few could reach p < ${ALPHA}.${seen}`;
  if (differing === 0)
    return `No difference in ${tasks.baseline === 1 ? 'the only task' : `any of ${amount(tasks.baseline, 'task')}`}: so few do not show that there is none.`;
  const needed = differencesNeeded(corrected);
  return (
    `${differing} of ${amount(tasks.baseline, 'task')} came out differently: ` +
    `at least ${needed} must, all in one direction, to reach p < ${ALPHA}${corrected > 1 ? ` among ${corrected} tests` : ''}.${seen}`
  );
}
