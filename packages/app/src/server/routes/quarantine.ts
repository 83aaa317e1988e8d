import { Hono } from 'hono';
import { numberIn } from '../judge-options.ts';
import type { Services } from '../services.ts';

const USUAL = 100;
const MOST = 1000;

/** Lines that could not be read, with the reason. */
export function quarantineRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/quarantine', async (context) => {
    const limit = numberIn(new URL(context.req.url).searchParams, 'limit', { min: 1, whole: true }) ?? USUAL;
    return context.json(await store.read((reader) => reader.quarantine(Math.min(MOST, limit))));
  });
  return routes;
}
