import { reportOf } from '@tacho/trace/analysis/report';
import { nowUs } from '@tacho/trace/model/time';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** The figures of one run: stages, agents, tools, models, cost, scores, doubts. */
export function reportRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/report', async (context) => {
    const runId = context.req.param('runId');
    const run = await store.read((reader) => reader.run(runId));
    if (!run) throw notFound(`run "${runId}"`);
    return context.json(reportOf(run, run.status === 'running' ? nowUs() : run.lastUs));
  });
  return routes;
}
