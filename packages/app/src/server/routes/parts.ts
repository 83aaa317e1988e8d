import { breakdownOf } from '@tacho/trace/analysis/breakdown';
import { decisionsOf } from '@tacho/trace/analysis/decisions';
import { judgeRun } from '@tacho/trace/analysis/ledger';
import { prepare } from '@tacho/trace/analysis/summary';
import { nowUs } from '@tacho/trace/model/time';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** A run in its parts: stages, agents, tools and models; and what was decided in it. */
export function partRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/breakdown', async (context) => {
    const runId = context.req.param('runId');
    const run = await store.read((reader) => reader.run(runId));
    if (!run) throw notFound(`run "${runId}"`);
    const prepared = prepare(run);
    const untilUs = run.status === 'running' ? nowUs() : run.lastUs;
    const judgement = judgeRun(run, prepared.columns, prepared.tree);
    return context.json({ runId, ...breakdownOf(run, prepared, judgement, untilUs) });
  });
  routes.get('/api/runs/:runId/decisions', async (context) => {
    const runId = context.req.param('runId');
    const run = await store.read((reader) => reader.fullRun(runId));
    if (!run) throw notFound(`run "${runId}"`);
    return context.json(decisionsOf(run));
  });
  return routes;
}
