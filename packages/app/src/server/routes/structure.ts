import { LIVE_ID_HEADER } from '@tacho/trace/wire/live';
import { encodeStructure } from '@tacho/trace/wire/structure';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** All spans of a run as columns: what the timeline, the tree and the analyses are drawn from. */
export function structureRoutes({ store, live }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/structure', async (context) => {
    const runId = context.req.param('runId');
    // Before reading: what is written while we read is then sent again, and rows are upserts.
    const liveId = live.id;
    const columns = await store.read((reader) => reader.columns(runId));
    if (!columns) throw notFound(`run "${runId}"`);
    return context.body(encodeStructure(columns), 200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      [LIVE_ID_HEADER]: liveId,
    });
  });
  return routes;
}
