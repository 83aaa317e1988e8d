import { isObject, type JsonObject, nestsDeeperThan } from '../../model/json.ts';
import { MAX_DEPTH, parseRecord, type TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { readJsonLines } from '../json-lines.ts';
import { type Line, refuseLine } from '../lines.ts';
import { lineRecords } from './line-records.ts';
import { EXPECTED, mayBeRunLine } from './shapes.ts';

/** Each line a run: what it was, its tokens by stage, its judgements, its end. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  for await (const items of readJsonLines(input)) {
    const records: TraceRecord[] = [];
    for (const { value, line } of items)
      for (const run of Array.isArray(value) ? value : [value])
        for (const record of recordsIn(run, line, input)) records.push(record);
    if (records.length > 0) yield records;
  }
}

function recordsIn(value: unknown, line: Line, input: Input): TraceRecord[] {
  if (!isObject(value) || !mayBeRunLine(value)) {
    refuseLine(line, input, EXPECTED);
    return [];
  }
  const taken: TraceRecord[] = [];
  for (const record of lineRecords(withoutDepths(value, line, input))) {
    const checked = parseRecord(record);
    if (typeof checked === 'string') refuseLine(line, input, checked);
    else taken.push(checked);
  }
  return taken;
}

/** Fields that nest too deep are set aside; the run stays. */
function withoutDepths(value: JsonObject, line: Line, input: Input): JsonObject {
  for (const field of Object.keys(value)) {
    // They stand two levels deeper in a record.
    if (!nestsDeeperThan(value[field], MAX_DEPTH - 2)) continue;
    delete value[field];
    refuseLine(line, input, `the field "${field.slice(0, 60)}" nests deeper than ${MAX_DEPTH} levels`);
  }
  return value;
}
