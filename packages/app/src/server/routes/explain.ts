import { explain } from '@tacho/trace/analysis/explain';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** Which calls of a run counted, which did not, and why. */
export function explainRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/explain', async (context) => {
    const runId = context.req.param('runId');
    const run = await store.read((reader) => reader.run(runId));
    if (!run) throw notFound(`run "${runId}"`);
    const { spans, ...books } = explain(run);
    return context.json(context.req.query('spans') === 'false' ? books : { ...books, spans });
  });
  return routes;
}
