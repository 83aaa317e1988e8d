import { LIVE_ID_HEADER } from '@tacho/trace/wire/live';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import { runPageIn } from '../run-query.ts';
import type { Services } from '../services.ts';

/** The run list and single runs. */
export function runRoutes({ store, ingest, live }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs', async (context) => {
    const query = runPageIn(new URL(context.req.url).searchParams);
    context.header(LIVE_ID_HEADER, live.id);
    return context.json(await store.read((reader) => reader.runs(query)));
  });
  routes.get('/api/runs/:runId', async (context) => {
    const runId = context.req.param('runId');
    context.header(LIVE_ID_HEADER, live.id);
    const summary = await store.read((reader) => reader.summary(runId));
    if (!summary) throw notFound(`run "${runId}"`);
    return context.json(summary);
  });
  routes.delete('/api/runs/:runId', async (context) => {
    const runId = context.req.param('runId');
    if (!(await store.read((reader) => reader.summary(runId)))) throw notFound(`run "${runId}"`);
    await ingest.deleteRun(runId);
    return context.body(null, 204);
  });
  return routes;
}
