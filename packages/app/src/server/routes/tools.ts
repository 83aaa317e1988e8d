import { toolReportOf } from '@tacho/trace/analysis/tool-profile';
import { purposeOfName } from '@tacho/trace/analysis/tool-purpose';
import type { ToolsAnswer } from '@tacho/trace/wire/tools';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import { runQueryIn } from '../run-query.ts';
import type { Services } from '../services.ts';

const USUAL = 200;
const MOST = 1_000;

/** What many runs made of each tool: calls, errors, times; and what one run made of them, call by call. */
export function toolRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/tools', async (context) => {
    const { limit = USUAL, ...query } = runQueryIn(new URL(context.req.url).searchParams);
    const { total, tools } = await store.read((reader) => reader.tools(query, Math.min(MOST, limit)));
    const answer: ToolsAnswer = {
      total,
      tools: tools.map((figures) => ({ ...figures, category: purposeOfName(figures.tool) })),
    };
    return context.json(answer);
  });
  routes.get('/api/runs/:runId/tools', async (context) => {
    const runId = context.req.param('runId');
    // With payloads: what a shell was used for only its commands tell.
    const run = await store.read((reader) => reader.fullRun(runId));
    if (!run) throw notFound(`run "${runId}"`);
    return context.json({ runId, ...toolReportOf(run) });
  });
  return routes;
}
