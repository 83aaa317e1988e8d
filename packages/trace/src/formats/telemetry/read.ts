import { contentId } from '../../model/ids.ts';
import { parseRecord, type TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { JsonLineReader } from '../json-lines.ts';
import { type Line, readLines, refuseLine } from '../lines.ts';

/** Telemetry lines to records. A record without `run_id` belongs to the last `run_start`, else to the source's own run. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  let records: TraceRecord[] = [];
  let runId = input.runId ?? nameOf(input.name);
  const takeOne = (value: unknown, line: Line): void => {
    const record = parseRecord(value);
    if (typeof record === 'string') {
      refuseLine(line, input, record);
      return;
    }
    if (record.run_id === undefined || record.run_id === '') {
      runId ??= `run-${contentId(line.text)}`;
      record.run_id = runId;
    } else if (record.event === 'run_start') runId = record.run_id;
    records.push(record);
  };
  const reader = new JsonLineReader(input, (value, line) => {
    if (Array.isArray(value)) for (const item of value) takeOne(item, line);
    else takeOne(value, line);
  });
  for await (const lines of readLines(input)) {
    reader.read(lines);
    if (records.length > 0) yield records;
    records = [];
  }
  reader.end();
  if (records.length > 0) yield records;
}

/** `eigenda.jsonl.gz` is the run `eigenda`. */
function nameOf(name: string | undefined): string | undefined {
  const stem = name?.replace(/\.gz$/i, '').replace(/\.[^.]+$/, '');
  return stem === '' ? undefined : stem;
}
