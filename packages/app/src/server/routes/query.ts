import { isObject } from '@tacho/trace/model/json';
import { Hono } from 'hono';
import { OwnQueryProblem } from '../../store/store.ts';
import { HttpProblem } from '../api-error.ts';
import type { Services } from '../services.ts';

const LIMITS = {
  limit: { usual: 1_000, most: 100_000 },
  timeoutMs: { usual: 10_000, most: 300_000 },
} as const;

/** A person's own SQL over the documented views: it can only read. */
export function queryRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.post('/api/query', async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    if (!isObject(body) || typeof body.sql !== 'string')
      throw new HttpProblem(400, 'body', 'The body must be JSON with the query as "sql".');
    const limits = { rows: limitIn(body.limit, 'limit'), timeoutMs: limitIn(body.timeoutMs, 'timeoutMs') };
    try {
      return context.json(await store.query(body.sql, limits));
    } catch (error) {
      if (!(error instanceof OwnQueryProblem)) throw error;
      throw new HttpProblem(
        400,
        'query',
        error.message,
        error.hint === undefined ? {} : { hint: error.hint },
      );
    }
  });
  return routes;
}

function limitIn(value: unknown, name: keyof typeof LIMITS): number {
  const { usual, most } = LIMITS[name];
  if (value === undefined) return usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new HttpProblem(400, 'body', `"${name}" must be a whole number from 1 to ${most}.`);
}
