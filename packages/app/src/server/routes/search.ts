import { Hono } from 'hono';
import { HttpProblem } from '../api-error.ts';
import { runQueryIn } from '../run-query.ts';
import { searchText } from '../search-text.ts';
import type { Services } from '../services.ts';

const USUAL = 50;
const MOST = 1_000;

/** Sessions, and where a text occurs in what spans say. */
export function searchRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/sessions', async (context) => {
    const { limit = USUAL, ...query } = runQueryIn(new URL(context.req.url).searchParams);
    return context.json(await store.read((reader) => reader.sessions(query, Math.min(MOST, limit))));
  });
  routes.get('/api/search', async (context) => {
    const text = context.req.query('text')?.trim() ?? '';
    if (text === '')
      throw new HttpProblem(400, 'parameter', 'The parameter "text" must say what to look for.');
    const limit = Number(context.req.query('limit') ?? USUAL);
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST))
      throw new HttpProblem(
        400,
        'parameter',
        `The parameter "limit" must be a whole number from 1 to ${MOST}.`,
      );
    return context.json(await store.read((reader) => reader.search(searchText('text', text), limit)));
  });
  return routes;
}
