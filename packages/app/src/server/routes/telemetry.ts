import type { Refusal } from '@tacho/trace/formats/format';
import { telemetry } from '@tacho/trace/formats/telemetry/format';
import { asString, isObject } from '@tacho/trace/model/json';
import type { RunSource } from '@tacho/trace/model/run';
import { nowUs } from '@tacho/trace/model/time';
import type { IngestAnswer } from '@tacho/trace/wire/runs';
import { Hono } from 'hono';
import { HttpProblem } from '../api-error.ts';
import { bodyChunks } from '../body.ts';
import { Delivery } from '../delivery.ts';
import type { Services } from '../services.ts';

/** Refusals told in the answer; all of them are in quarantine. */
const MOST_REFUSALS = 100;

/** Records of the stream, a JSON object a line. Answers when everything accepted is on disk. */
export function telemetryRoutes({ ingest, admission }: Services): Hono {
  const routes = new Hono();
  routes.post('/v1/telemetry', async (context) => {
    const type = context.req.header('content-type') ?? '';
    if (/protobuf/i.test(type)) {
      throw new HttpProblem(415, 'content-type', `Expected lines of JSON, found "${type.slice(0, 60)}".`, {
        hint: 'OTLP is received at /v1/traces.',
      });
    }
    const refusals: Refusal[] = [];
    const runId = context.req.query('run');
    const source = sourceOf(context.req.header('tacho-source'));
    const delivery = new Delivery(admission, (batch) =>
      ingest.accept({ ...batch, ...(source && { source }), ...(runId !== undefined && { runId }) }),
    );
    const input = {
      chunks: delivery.reading(bodyChunks(context.req.raw)),
      ...(runId !== undefined && { runId }),
      refuse: (refusal: Refusal) => void refusals.push(refusal),
    };
    try {
      for await (const records of telemetry.read!(input)) await delivery.send({ records });
      if (refusals.length > 0) {
        const uri = source?.uri ?? 'http';
        const refusedUs = nowUs();
        const refused = refusals.map((refusal) => ({ ...refusal, uri, refusedUs }));
        await delivery.send({ records: [], refused });
      }
    } finally {
      await delivery.settled();
    }
    const answer: IngestAnswer = {
      ...delivery.result(),
      refused: refusals
        .slice(0, MOST_REFUSALS)
        .map(({ line, reason }) => (line === undefined ? { reason } : { line, reason })),
    };
    return context.json(answer);
  });
  return routes;
}

/** Where a forwarding importer says the records are from. */
function sourceOf(header: string | undefined): RunSource | undefined {
  if (header === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(header));
    const format = isObject(value) ? asString(value.format) : undefined;
    const uri = isObject(value) ? asString(value.uri) : undefined;
    const importedAt = isObject(value) ? asString(value.importedAt) : undefined;
    if (format === undefined || uri === undefined) return undefined;
    return { format, uri, ...(importedAt !== undefined && { importedAt }) };
  } catch {
    return undefined;
  }
}
