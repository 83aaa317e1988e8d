import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** Sessions of other tools found on this machine: offered, never taken unasked. */
export function offerRoutes(services: Services): Hono {
  const routes = new Hono();
  routes.get('/api/offers', async (context) => context.json({ offers: await services.offers() }));
  routes.post('/api/offers/:id', async (context) => {
    const id = context.req.param('id');
    if (!(await services.takeOffer(id)))
      throw notFound(`offer "${id}"`, 'GET /api/offers lists what was found.');
    return context.json({ started: true }, 202);
  });
  return routes;
}
