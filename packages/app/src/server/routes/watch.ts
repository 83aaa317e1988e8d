import { prepare, summaryOf } from '@tacho/trace/analysis/summary';
import { openWork, pastSilences } from '@tacho/trace/analysis/watch';
import { nowUs } from '@tacho/trace/model/time';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import type { WatchAnswer } from '@tacho/trace/wire/watch';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** What is usual changes slowly, and is asked for by every page. */
const KEPT_MS = 30_000;
/** From so many equal calls on, an agent may be going in circles. */
const LEAST_REPEATS = 3;
/** Silences that are over and are told: the longest. */
const MOST_PAST = 100;

/** What a run is doing now, and whether that is usual. */
export function watchRoutes({ store, usual = [] }: Services): Hono {
  const routes = new Hono();
  let kept: { times: Promise<UsualTime[]>; atMs: number } | undefined;
  const usualTimes = (): Promise<UsualTime[]> => {
    if (kept !== undefined && performance.now() - kept.atMs < KEPT_MS) return kept.times;
    const times = store.read((reader) => reader.usualTimes()).then((own) => mostSamplesFirst(own, usual));
    kept = { times, atMs: performance.now() };
    times.catch(() => {
      kept = undefined;
    });
    return times;
  };
  routes.get('/api/usual', async (context) => context.json({ times: await usualTimes() }));
  routes.get('/api/runs/:runId/watch', async (context) => {
    const runId = context.req.param('runId');
    const history = await usualTimes();
    const { run, repeats } = await store.read(async (reader) => ({
      run: await reader.run(runId),
      repeats: await reader.repeatedCalls(runId, LEAST_REPEATS),
    }));
    if (!run) throw notFound(`run "${runId}"`);
    const prepared = prepare(run);
    const askedUs = nowUs();
    const answer: WatchAnswer = {
      run: summaryOf(run, askedUs, prepared),
      nowUs: askedUs,
      open: openWork(run, prepared.columns, prepared.tree, askedUs, history),
      past: pastSilences(run, prepared.columns, prepared.tree).slice(0, MOST_PAST),
      repeats: repeats.map(({ first, last, times }) => ({
        spanId: run.spans[last]!.spanId,
        firstSpanId: run.spans[first]!.spanId,
        name: run.spans[last]!.name,
        tool: run.spans[last]!.tool?.name ?? run.spans[last]!.name,
        times,
      })),
    };
    return context.json(answer);
  });
  return routes;
}

/** Of a call that both know, what is made of more calls is found first. */
function mostSamplesFirst(own: readonly UsualTime[], others: readonly UsualTime[]): UsualTime[] {
  return [...own, ...others].sort((a, b) => b.calls - a.calls);
}
