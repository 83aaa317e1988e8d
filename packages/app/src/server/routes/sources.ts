import type { Refusal } from '@tacho/trace/formats/format';
import { asCount, asNumber, asString, isObject, type JsonValue } from '@tacho/trace/model/json';
import { nowUs } from '@tacho/trace/model/time';
import { Hono } from 'hono';
import type { Quarantined, SourcePosition } from '../../store/store.ts';
import { HttpProblem } from '../api-error.ts';
import { jsonBody } from '../body.ts';
import { knownFiles } from '../known-files.ts';
import type { Services } from '../services.ts';

/** How far files have been read. An importer asks before it reads, and tells when what it read is stored. */
export function sourceRoutes({ store, ingest }: Services): Hono {
  const routes = new Hono();
  routes.get('/api/sources', async (context) => context.json({ sources: await knownFiles(store) }));
  routes.post('/api/sources', async (context) => {
    const value = await jsonBody(context.req.raw);
    const format = asString(value.format);
    const uri = asString(value.uri);
    if (format === undefined || uri === undefined)
      throw new HttpProblem(400, 'body', 'Expected an object with the texts "format" and "uri".');
    const position = positionOf(value.position, { format, uri });
    await ingest.accept({
      records: [],
      source: { format, uri },
      refused: refusedOf(value.refused, uri),
      ...(position && { position }),
      ...(value.ended === true && { ended: true }),
    });
    return context.json({ stored: true });
  });
  return routes;
}

function positionOf(
  value: JsonValue | undefined,
  source: { format: string; uri: string },
): SourcePosition | undefined {
  if (!isObject(value)) return undefined;
  const offset = asCount(value.offset);
  const size = asCount(value.size);
  const modifiedMs = asNumber(value.modifiedMs);
  const fingerprint = asString(value.fingerprint);
  if (offset === undefined || size === undefined || modifiedMs === undefined || fingerprint === undefined)
    throw new HttpProblem(400, 'body', 'A position needs "offset", "size", "modifiedMs" and "fingerprint".');
  const runIds = Array.isArray(value.runIds) ? value.runIds.filter((id) => typeof id === 'string') : [];
  const records = asCount(value.records);
  return {
    ...source,
    offset,
    size,
    modifiedMs,
    fingerprint,
    runIds,
    ...(records !== undefined && { records }),
  };
}

function refusedOf(value: JsonValue | undefined, uri: string): Quarantined[] {
  if (!Array.isArray(value)) return [];
  const refusedUs = nowUs();
  return value.filter(isObject).map((item) => {
    const line = asCount(item.line);
    const offset = asCount(item.offset);
    const text = asString(item.text);
    const refusal: Refusal = {
      reason: asString(item.reason) ?? 'no reason was given',
      ...(line !== undefined && { line }),
      ...(offset !== undefined && { offset }),
      ...(text !== undefined && { text }),
    };
    return { ...refusal, uri, refusedUs };
  });
}
