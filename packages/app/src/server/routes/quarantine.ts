import { Hono } from 'hono';
import type { Services } from '../services.ts';

/** Lines that could not be read, with the reason. */
export function quarantineRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/quarantine', async (context) => {
    const limit = Math.min(1000, Math.max(1, Number(context.req.query('limit') ?? 100) || 100));
    return context.json(await store.read((reader) => reader.quarantine(limit)));
  });
  return routes;
}
