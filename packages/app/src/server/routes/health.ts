import { Hono } from 'hono';
import type { Services } from '../services.ts';

/** Who answers here, and how it is. */
export function healthRoutes({ health }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/health', (context) => context.json(health()));
  return routes;
}
