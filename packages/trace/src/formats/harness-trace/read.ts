import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { readNestedJson } from '../json-nest.ts';
import { EVENT_LIST, SPAN_LISTS } from './names.ts';
import { TraceReader } from './trace-reader.ts';

/**
 * Traces of nested spans to records, span by span: a span goes out when its children begin, or its end is there, so that only
 * the spans that are open are held. Several traces may stand in a file; each is a run.
 */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  let trace: TraceReader | undefined;
  let depth = 0;
  let traces = 0;
  for await (const parts of readNestedJson(input, { enter: SPAN_LISTS, spread: [EVENT_LIST] })) {
    const records: TraceRecord[] = [];
    for (const part of parts) {
      if (part.is === 'open' && depth++ === 0) {
        // The source's guess names one run.
        trace = new TraceReader(input, traces++ === 0 ? input.runId : undefined);
      }
      if (trace === undefined) {
        if (part.is === 'member')
          input.refuse({ ...part.place, reason: 'expected a trace, an object with "spans"' });
        continue;
      }
      trace.read(part);
      if (part.is !== 'close' || --depth > 0) continue;
      for (const record of trace.take()) records.push(record);
      trace = undefined;
    }
    for (const record of trace?.take() ?? []) records.push(record);
    if (records.length > 0) yield records;
  }
}
