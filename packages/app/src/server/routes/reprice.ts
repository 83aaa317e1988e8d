import { asString, isObject, type JsonObject } from '@tacho/trace/model/json';
import type { PriceLookup } from '@tacho/trace/model/price';
import { Hono } from 'hono';
import { pricesOf } from '../../prices/lookup.ts';
import { problemText } from '../../prices/price-table.ts';
import { HttpProblem, notFound } from '../api-error.ts';
import { jsonBody } from '../body.ts';
import type { Services } from '../services.ts';

/** A table that was sent along, read. */
type SentTable = { name: string; text: string; price: PriceLookup; problems: string[] };

/** Prices stored runs anew. */
export function repriceRoutes({ ingest }: Services): Hono {
  const routes = new Hono();
  // Many runs are repriced with one table: it is read once.
  let last: SentTable | undefined;
  routes.post('/api/runs/:runId/reprice', async (context) => {
    const runId = context.req.param('runId');
    const { dryRun, priceTable } = await jsonBody(context.req.raw);
    if (dryRun !== undefined && typeof dryRun !== 'boolean')
      throw new HttpProblem(400, 'body', 'Expected true or false as "dryRun".');
    let sent: SentTable | undefined;
    if (priceTable !== undefined) {
      const { name, text } = sentTable(priceTable);
      sent = last?.text === text && last.name === name ? last : await read(name, text);
      last = sent;
    }
    const repricing = await ingest.reprice(runId, {
      dryRun: dryRun === true,
      ...(sent && { price: sent.price }),
    });
    if (!repricing) throw notFound(`run "${runId}"`);
    return context.json({ ...repricing, ...(sent?.problems.length && { problems: sent.problems }) });
  });
  return routes;
}

function sentTable(value: JsonObject[string]): { name: string; text: string } {
  const name = isObject(value) ? asString(value.name) : undefined;
  const text = isObject(value) ? asString(value.text) : undefined;
  if (name === undefined || name === '' || text === undefined)
    throw new HttpProblem(400, 'body', 'Expected a "priceTable" with the texts "name" and "text".');
  return { name, text };
}

async function read(name: string, text: string): Promise<SentTable> {
  const { readTable } = await import('../../prices/read-table.ts');
  const table = readTable(text, name);
  const problems = table.problems.map((problem) => problemText(problem, name));
  if (table.rows === 0) {
    const why = problems[0] === undefined ? '' : `: ${problems[0]}`;
    throw new HttpProblem(400, 'price-table', `The price table ${name} has no row that works${why}.`);
  }
  return { name, text, price: pricesOf(table), problems };
}
