import type { JsonValue } from '@tacho/trace/model/json';
import { isObject } from '@tacho/trace/model/json';
import { Hono } from 'hono';
import { notFound } from '../api-error.ts';
import type { Services } from '../services.ts';

/** Texts longer than this are cut unless the whole is asked for: a drawer shows a page of text, not a book. */
const CUT_AT = 20_000;

/** One span with its inputs and outputs. */
export function spanRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/runs/:runId/spans/:no', async (context) => {
    const { runId, no } = context.req.param();
    const known = /^\d{1,9}$/.test(no);
    const span = known ? await store.read((reader) => reader.span(runId, Number(no))) : undefined;
    if (!span) throw notFound(`span ${no} in the run "${runId}"`);
    if (context.req.query('full') === '1') return context.json(span);
    const cut = { ...span };
    for (const field of ['inputs', 'outputs', 'attributes'] as const) {
      const value = span[field];
      if (value !== undefined) Object.assign(cut, { [field]: cutTexts(value) });
    }
    return context.json(cut);
  });
  return routes;
}

/** Long texts as `{$cut, text, length}`. Recursion is bounded: records nested deeper than 200 levels are refused at the door. */
function cutTexts(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return value.length <= CUT_AT
      ? value
      : { $cut: true, text: value.slice(0, CUT_AT), length: value.length };
  }
  if (Array.isArray(value)) return value.map(cutTexts);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? null : cutTexts(item)]),
  );
}
