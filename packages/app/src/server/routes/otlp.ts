import { Hono } from 'hono';
import { HttpProblem } from '../api-error.ts';
import { bodyChunks } from '../body.ts';
import { takenResponse } from '../otlp/answer.ts';
import { demandEncoding } from '../otlp/encoding.ts';
import { pathsOf, SIGNAL_NAMES, SIGNALS } from '../otlp/signal.ts';
import { wholeBody } from '../otlp/whole-body.ts';
import type { Services } from '../services.ts';

/** OTLP over HTTP: protobuf and JSON, plain and gzip. Answers when everything accepted is on disk. */
export function otlpRoutes({ otlp, admission }: Services): Hono {
  const routes = new Hono();
  for (const signal of SIGNAL_NAMES) {
    routes.on('POST', pathsOf(signal), async (context) => {
      const encoding = demandEncoding(context.req.header('content-type'));
      const { bytes, release } = await wholeBody(bodyChunks(context.req.raw), admission);
      try {
        const taken = await otlp.take({ signal, encoding, bytes, uri: `OTLP ${SIGNALS[signal].path}` });
        return takenResponse(signal, encoding, taken);
      } finally {
        release();
      }
    });
    for (const path of pathsOf(signal)) {
      routes.all(path, () => {
        throw new HttpProblem(405, 'method', `Expected POST at ${path}.`, { headers: { allow: 'POST' } });
      });
    }
  }
  return routes;
}
