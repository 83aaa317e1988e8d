import { isObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { parseJsonLine, readLines, refuseLine } from '../lines.ts';
import { agentFromMeta, agentOfMetaName } from './agent-meta.ts';
import { Transcript } from './transcript.ts';

/**
 * Records of a transcript, a batch for each chunk. A session announces no end: what is at work when the file ends stays open,
 * and model/settle.ts decides. Lines that are no JSON objects are refused with their place; every other line is counted.
 */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const agentId = agentOfMetaName(input.name);
  if (agentId !== undefined) {
    yield* readMeta(agentId, input);
    return;
  }
  const live = input.live === true;
  const transcript = new Transcript({ name: input.name, runId: input.runId, live });
  for await (const lines of readLines(input)) {
    for (const line of lines) {
      for (const value of parseJsonLine(line, input)) {
        if (isObject(value)) transcript.read(value);
        else refuseLine(line, input, 'expected a JSON object');
      }
    }
    if (live) transcript.settle();
    const records = transcript.take();
    if (records.length > 0) yield records;
  }
  if (live) return;
  transcript.finish();
  const rest = transcript.take();
  if (rest.length > 0) yield rest;
}

async function* readMeta(
  agentId: string,
  input: Input,
): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input.chunks) text += decoder.decode(chunk, { stream: true });
  const record = agentFromMeta(agentId, text + decoder.decode(), input.runId);
  if (typeof record === 'string') input.refuse({ reason: record, text });
  else yield [record];
}
