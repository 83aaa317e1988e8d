import { chosenSpans } from '@tacho/trace/analysis/path/chosen';
import { runDependencies } from '@tacho/trace/analysis/path/dependencies';
import { pathReportOf } from '@tacho/trace/analysis/path/path-report';
import { savingOf } from '@tacho/trace/analysis/path/what-if';
import { type Prepared, prepare } from '@tacho/trace/analysis/summary';
import type { Run } from '@tacho/trace/model/run';
import { nowUs } from '@tacho/trace/model/time';
import { Hono } from 'hono';
import { HttpProblem, notFound } from '../api-error.ts';
import { numberIn } from '../judge-options.ts';
import type { Services } from '../services.ts';

/** Where the time of a run went: its critical path, and what would have made it shorter. */
export function pathRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/path', async (context) => {
    const runId = context.req.param('runId');
    const run = await store.read((reader) => reader.run(runId));
    if (!run) throw notFound(`run "${runId}"`);
    const untilUs = run.status === 'running' ? nowUs() : run.lastUs;
    const prepared = prepare(run);
    const { spans, ...report } = pathReportOf(run, untilUs, prepared);
    const choice = context.req.query('what');
    return context.json({
      ...report,
      ...(choice !== undefined && {
        whatIf: whatIf(run, prepared, untilUs, choice, factorIn(context.req.url)),
      }),
      ...(context.req.query('spans') !== 'false' && { spans }),
    });
  });
  return routes;
}

function factorIn(url: string): number {
  return numberIn(new URL(url).searchParams, 'factor', { min: 0, max: 1 }) ?? 0;
}

function whatIf(
  run: Run,
  { columns, tree }: Prepared,
  untilUs: number,
  what: string,
  factor: number,
): { what: string; factor: number; savingUs: number } {
  try {
    const isChosen = chosenSpans(run, columns, tree, what);
    const dependencies = runDependencies(run, columns, tree, untilUs);
    return { what, factor, savingUs: savingOf(dependencies, tree, isChosen, factor) };
  } catch (error) {
    if (error instanceof RangeError) throw new HttpProblem(400, 'parameter', error.message);
    throw error;
  }
}
