import { enterpriseMetricsOf } from '@tacho/trace/formats/enterprise-metrics/write';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** What the agents of a run did with code: the document that `tacho collect` writes. */
export function activityRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/activity', async (context) => {
    const runId = context.req.param('runId');
    // With payloads: which files and which tests, only the arguments and results of calls tell.
    const run = await store.read((reader) => reader.fullRun(runId));
    if (!run) throw notFound(`run "${runId}"`);
    return context.json(enterpriseMetricsOf(run, { timelines: context.req.query('timelines') !== 'false' }));
  });
  return routes;
}
