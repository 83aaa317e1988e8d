import type { Refusal } from '@tacho/trace/formats/format';
import { telemetry } from '@tacho/trace/formats/telemetry/format';
import { asString, isObject } from '@tacho/trace/model/json';
import type { RunSource } from '@tacho/trace/model/run';
import { nowUs } from '@tacho/trace/model/time';
import type { IngestAnswer } from '@tacho/trace/wire/runs';
import { Hono } from 'hono';
import type { Accepted } from '../../ingest/ingest.ts';
import { bodyChunks } from '../body.ts';
import type { Services } from '../services.ts';

/** Refusals told in the answer; all of them are in quarantine. */
const MOST_REFUSALS = 100;

/** Records of the stream, a JSON object a line. Answers when everything accepted is on disk. */
export function telemetryRoutes({ ingest }: Services): Hono {
  const routes = new Hono();
  routes.post('/v1/telemetry', async (context) => {
    const refusals: Refusal[] = [];
    const runId = context.req.query('run');
    const source = sourceOf(context.req.header('tacho-source'));
    const writes: Promise<Accepted>[] = [];
    const uri = source?.uri ?? 'http';
    const input = {
      chunks: bodyChunks(context.req.raw),
      ...(runId !== undefined && { runId }),
      refuse: (refusal: Refusal) => void refusals.push(refusal),
    };
    for await (const records of telemetry.read!(input)) {
      const write = ingest.accept({
        records,
        ...(source && { source }),
        ...(runId !== undefined && { runId }),
      });
      // Its failure is met at Promise.all below; without a handler now, an early one would count as unhandled.
      write.catch(() => {});
      writes.push(write);
    }
    if (refusals.length > 0) {
      const refusedUs = nowUs();
      writes.push(
        ingest.accept({ records: [], refused: refusals.map((refusal) => ({ ...refusal, uri, refusedUs })) }),
      );
    }
    const answers = await Promise.all(writes);
    const answer: IngestAnswer = {
      accepted: answers.reduce((sum, { accepted }) => sum + accepted, 0),
      duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
      runs: [...new Set(answers.flatMap(({ runs }) => runs))],
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
    return format === undefined || uri === undefined ? undefined : { format, uri };
  } catch {
    return undefined;
  }
}
