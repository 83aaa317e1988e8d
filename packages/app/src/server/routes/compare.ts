import type { CompareOptions } from '@tacho/trace/analysis/compare/compare';
import { nowUs } from '@tacho/trace/model/time';
import { Hono } from 'hono';
import { HttpProblem } from '../api-error.ts';
import { choiceProblem } from '../compare/choice-problem.ts';
import { chooseRuns, storePages } from '../compare/chosen-runs.ts';
import { compareSides } from '../compare/named-comparison.ts';
import { judgeOptionsIn, numberIn } from '../judge-options.ts';
import type { Services } from '../services.ts';

/** The answer is computed between two messages of the live stream: it must not take seconds. The command line takes more. */
const MOST_RUNS = 2_000;

/** Two sets of stored runs compared. */
export function compareRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/compare', async (context) => {
    const parameters = new URL(context.req.url).searchParams;
    const options = optionsIn(parameters);
    const choose = { nowUs: nowUs(), most: MOST_RUNS };
    try {
      const pages = storePages(store);
      const baseline = await chooseRuns(sideIn(parameters, 'baseline'), pages, choose);
      const treatment = await chooseRuns(sideIn(parameters, 'treatment'), pages, choose);
      return context.json(compareSides(baseline, treatment, options));
    } catch (error) {
      throw choiceProblem(error);
    }
  });
  return routes;
}

function sideIn(parameters: URLSearchParams, side: 'baseline' | 'treatment'): string {
  const text = parameters.get(side);
  if (text !== null && text.trim() !== '') return text;
  throw new HttpProblem(
    400,
    'parameter',
    `The parameter "${side}" must say which runs: session=NAME, agent=NAME, LABEL=VALUE.`,
  );
}

function optionsIn(parameters: URLSearchParams): CompareOptions {
  const pairBy = parameters.get('pairBy');
  const thresholdPercent = numberIn(parameters, 'threshold', { min: 0 });
  const seed = numberIn(parameters, 'seed', { min: 0, max: 0xffff_ffff, whole: true });
  return {
    ...(pairBy && { pairBy }),
    ...(thresholdPercent !== undefined && { thresholdPercent }),
    ...(seed !== undefined && { seed }),
    ...judgeOptionsIn(parameters),
  };
}
