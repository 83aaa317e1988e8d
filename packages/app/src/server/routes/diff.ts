import { comparedRuns } from '@tacho/trace/analysis/compare/compared-run';
import { diffRuns } from '@tacho/trace/analysis/diff/diff-runs';
import { StepsApartCollector } from '@tacho/trace/analysis/diff/steps-apart';
import type { Run } from '@tacho/trace/model/run';
import { nowUs } from '@tacho/trace/model/time';
import { Hono } from 'hono';
import { HttpProblem, notFound } from '../api-error.ts';
import { choiceProblem } from '../compare/choice-problem.ts';
import { allRuns, chooseRuns, storePages } from '../compare/chosen-runs.ts';
import type { Services } from '../services.ts';

/** Each of them is loaded with all of its spans. */
const MOST_RUNS = 1_000;

/** Two runs beside each other, and what failing runs do that passing ones do not. */
export function diffRoutes({ store }: Services): Hono {
  const routes = new Hono();
  const runNamed = async (runId: string): Promise<Run> => {
    const run = await store.read((reader) => reader.fullRun(runId));
    if (!run) throw notFound(`run "${runId}"`);
    return run;
  };
  routes.get('/api/diff', async (context) => {
    const [left, right] = [context.req.query('left'), context.req.query('right')];
    if (!left || !right)
      throw new HttpProblem(400, 'parameter', 'The parameters "left" and "right" must each name a run.');
    const tree = context.req.query('tree') === 'true';
    return context.json(diffRuns(await runNamed(left), await runNamed(right), { tree }));
  });
  routes.get('/api/diff/outcomes', async (context) => {
    const typed = context.req.query('runs') ?? '';
    const options = { nowUs: nowUs(), most: MOST_RUNS };
    try {
      const pages = storePages(store);
      const chosen =
        typed.trim() === ''
          ? await allRuns('all runs', pages, options)
          : await chooseRuns(typed, pages, options);
      const { baseline, judgedBy } = comparedRuns(chosen.runs, []);
      const collector = new StepsApartCollector();
      const left = { infrastructure: 0, unjudged: 0, running: 0 };
      for (const { runId, outcome } of baseline) {
        if (outcome !== 'success' && outcome !== 'failure') left[outcome]++;
        else {
          const run = await store.read((reader) => reader.fullRun(runId));
          // Deleted in the meantime.
          if (run) collector.add(run, outcome === 'failure');
        }
      }
      return context.json({ runs: chosen.name, judgedBy, left, ...collector.result() });
    } catch (error) {
      throw choiceProblem(error);
    }
  });
  return routes;
}
