import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { errorResponse, HttpProblem, problemOf } from './api-error.ts';
import { openApi } from './openapi.ts';
import { problemResponse } from './otlp/answer.ts';
import { encodingOf } from './otlp/encoding.ts';
import { isOtlpPath, SIGNALS } from './otlp/signal.ts';
import { pageRoutes } from './page.ts';
import { activityRoutes } from './routes/activity.ts';
import { compareRoutes } from './routes/compare.ts';
import { diffRoutes } from './routes/diff.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportRoutes } from './routes/export.ts';
import { healthRoutes } from './routes/health.ts';
import { offerRoutes } from './routes/offers.ts';
import { otlpRoutes } from './routes/otlp.ts';
import { partRoutes } from './routes/parts.ts';
import { pathRoutes } from './routes/path.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { queryRoutes } from './routes/query.ts';
import { reportRoutes } from './routes/report.ts';
import { repriceRoutes } from './routes/reprice.ts';
import { runRoutes } from './routes/runs.ts';
import { runsReportRoutes } from './routes/runs-report.ts';
import { searchRoutes } from './routes/search.ts';
import { sourceRoutes } from './routes/sources.ts';
import { spanRoutes } from './routes/spans.ts';
import { structureRoutes } from './routes/structure.ts';
import { telemetryRoutes } from './routes/telemetry.ts';
import { toolRoutes } from './routes/tools.ts';
import { watchRoutes } from './routes/watch.ts';
import { type SecurityOptions, security, withSafetyHeaders } from './security.ts';
import type { Services } from './services.ts';

const ROUTES: readonly ((services: Services) => Hono)[] = [
  healthRoutes,
  runRoutes,
  structureRoutes,
  spanRoutes,
  reportRoutes,
  diffRoutes,
  explainRoutes,
  activityRoutes,
  partRoutes,
  pathRoutes,
  repriceRoutes,
  compareRoutes,
  runsReportRoutes,
  toolRoutes,
  exportRoutes,
  offerRoutes,
  sourceRoutes,
  quarantineRoutes,
  queryRoutes,
  searchRoutes,
  telemetryRoutes,
  watchRoutes,
  otlpRoutes,
  eventRoutes,
];

const TEXT = /^(text\/(?!event-stream)|application\/json)/;
const BYTES = /^application\/octet-stream/;

export type AppOptions = SecurityOptions & { version: string; pageFolder?: string };

/** The server as a function from request to response: tests and the command line call it without a port. */
export function createApp(services: Services, options: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    const { path } = context.req;
    // What an OTLP client understands is a google.rpc.Status in the encoding that it speaks.
    const answer = isOtlpPath(path)
      ? problemResponse(problemOf(error), encodingOf(context.req.header('content-type')))
      : errorResponse(error);
    return withSafetyHeaders(answer);
  });
  app.notFound((context) => errorResponse(nothingAt(context.req.method, context.req.path)));
  app.use(security(options));
  // On one machine, compressing a run's structure costs more time than it saves; beyond it (where a token is asked for)
  // it is what makes large runs open quickly.
  const remote = options.token !== undefined;
  app.use(
    '/api/*',
    compress({ contentTypeFilter: (type) => TEXT.test(type) || (remote && BYTES.test(type)) }),
  );
  for (const routes of ROUTES) app.route('/', routes(services));
  const description = openApi(options.version);
  app.get('/openapi.json', (context) => context.json(description));
  app.route('/', pageRoutes(options.pageFolder));
  return app;
}

/** Posts to another path are mostly of an OTLP client whose address was given as if it were the whole of it. */
function nothingAt(method: string, path: string): HttpProblem {
  const hint = `OTLP is received at ${SIGNALS.traces.path}; OTEL_EXPORTER_OTLP_ENDPOINT is the address without a path.`;
  return new HttpProblem(
    404,
    'not-found',
    `There is no ${method} ${path}.`,
    method === 'POST' ? { hint } : {},
  );
}
