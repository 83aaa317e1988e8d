import { judgedFactsOf } from '@tacho/trace/analysis/judged-facts';
import { RunsReportBuilder } from '@tacho/trace/analysis/runs-report/runs-report';
import { Hono } from 'hono';
import { HttpProblem } from '../api-error.ts';
import { flagIn, judgeOptionsIn } from '../judge-options.ts';
import { runQueryIn } from '../run-query.ts';
import type { Services } from '../services.ts';

/** Ten seconds of arithmetic. */
const MOST_RUNS = 500_000;

/** What many runs come to: all that fit the filters of the run list. */
export function runsReportRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/report', async (context) => {
    const parameters = new URL(context.req.url).searchParams;
    const query = runQueryIn(parameters);
    const options = { ...judgeOptionsIn(parameters), rows: flagIn(parameters, 'full') };
    const report = new RunsReportBuilder(options);
    await store.read(async (reader) => {
      const { total } = await reader.runs({ ...query, limit: 1 });
      if (total <= MOST_RUNS)
        return reader.eachJudged(query, {
          facts: (facts) => report.add(facts),
          summary: (run) => report.add(judgedFactsOf(run)),
        });
      throw new HttpProblem(
        400,
        'parameter',
        `${total.toLocaleString('en')} runs fit, and a report is of ${MOST_RUNS.toLocaleString('en')} at most: narrow it down by date, session, project or label.`,
      );
    });
    return context.json(report.report());
  });
  return routes;
}
