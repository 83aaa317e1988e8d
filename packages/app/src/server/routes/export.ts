import { setImmediate as nextTurn } from 'node:timers/promises';
import { FORMATS } from '@tacho/trace/formats/index';
import { Hono } from 'hono';
import { HttpProblem, notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** A run in another format. */
export function exportRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/export', async (context) => {
    const runId = context.req.param('runId');
    const name = context.req.query('format') ?? '';
    const write = FORMATS.find((format) => format.name === name)?.write;
    if (!write) {
      const writable = FORMATS.filter((format) => format.write).map((format) => format.name);
      throw new HttpProblem(
        400,
        'parameter',
        `The parameter "format" must be one of ${writable.join(', ')}, not "${name}".`,
      );
    }
    const run = await store.read((reader) => reader.fullRun(runId));
    if (!run) throw notFound(`run "${runId}"`);
    return new Response(textStream(write(run)), {
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    });
  });
  return routes;
}

/**
 * Pieces of text as a stream that is written only as fast as it is read. Between two of its chunks the server has a turn for
 * others: a large run would hold them for seconds, for a reader that is fast is served without one.
 */
function textStream(pieces: Iterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      await nextTurn();
      let text = '';
      while (text.length < 65_536) {
        const next = iterator.next();
        if (next.done) {
          if (text !== '') controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += next.value;
      }
      controller.enqueue(encoder.encode(text));
    },
  });
}
