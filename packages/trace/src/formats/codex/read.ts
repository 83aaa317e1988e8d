import { isObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { JsonLineReader } from '../json-lines.ts';
import { readLines, refuseLine } from '../lines.ts';
import { Rollout } from './rollout.ts';

/**
 * Records of a rollout, a batch for each chunk. A session announces no end: what is at work when the file ends stays open,
 * and model/settle.ts decides.
 */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const rollout = new Rollout({ name: input.name, runId: input.runId });
  const reader = new JsonLineReader(input, (value, line) => {
    if (!isObject(value)) refuseLine(line, input, 'expected a JSON object');
    else if (!rollout.read(value))
      refuseLine(line, input, 'expected a line of a Codex session: an object with "type" and "payload"');
  });
  const live = input.live === true;
  for await (const lines of readLines(input)) {
    reader.read(lines);
    if (live) rollout.settle(false);
    const records = rollout.take();
    if (records.length > 0) yield records;
  }
  reader.end();
  if (!live) rollout.settle(true);
  const rest = rollout.take();
  if (rest.length > 0) yield rest;
}
