import { nowUs } from '@tacho/trace/model/time';
import type { Ingest } from '../ingest/ingest.ts';
import type { RecordSink } from '../sources/record-sink.ts';

/** What sources deliver goes into the ingest; what they refuse goes into quarantine with its place. */
export function ingestSink(ingest: Ingest): RecordSink {
  return {
    accept: ({ refused = [], ...batch }) =>
      ingest.accept({
        ...batch,
        refused: refused.map((refusal) => ({ ...refusal, uri: batch.source.uri, refusedUs: nowUs() })),
      }),
  };
}
