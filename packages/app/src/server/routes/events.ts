import { Hono } from 'hono';
import { HttpProblem } from '../api-error.ts';
import type { Services } from '../services.ts';

/** Streams open at once: pages share one per browser, so this many means that something is wrong. */
const MOST_STREAMS = 200;
const MOST_RUNS = 100;

/** The live stream. `?run=ID` subscribes to the spans of a run; summaries of all runs always come. */
export function eventRoutes({ live }: Services): Hono {
  const routes = new Hono();
  routes.get('/events', (context) => {
    if (live.clients >= MOST_STREAMS) {
      throw new HttpProblem(429, 'streams', `${MOST_STREAMS} live streams are open already.`, {
        headers: { 'retry-after': '10' },
      });
    }
    const url = new URL(context.req.url);
    const runs = new Set(url.searchParams.getAll('run').slice(0, MOST_RUNS));
    const after = context.req.header('last-event-id') ?? url.searchParams.get('after') ?? undefined;
    return new Response(live.stream({ runs, ...(after !== undefined && { after }) }), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  });
  return routes;
}
