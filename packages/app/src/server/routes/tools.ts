import { Hono } from 'hono';
import { runQueryIn } from '../run-query.ts';
import type { Services } from '../services.ts';

const USUAL = 200;
const MOST = 1_000;

/** What many runs made of each tool: calls, errors, times. */
export function toolRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/tools', async (context) => {
    const { limit = USUAL, ...query } = runQueryIn(new URL(context.req.url).searchParams);
    return context.json(await store.read((reader) => reader.tools(query, Math.min(MOST, limit))));
  });
  return routes;
}
