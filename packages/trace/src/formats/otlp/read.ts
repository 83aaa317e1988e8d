import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { binaryShape, SHAPE_BYTES } from './binary-shape.ts';
import { BinaryWalk } from './binary-walk.ts';
import { ByteWindow } from './byte-window.ts';
import { readJsonRequests } from './json-requests.ts';
import { recordsOfBinary, recordsOfJson } from './piece-records.ts';

/**
 * OTLP as files have it: requests in JSON, one or many, or in protobuf. Spans come in batches, in their order; memory
 * grows neither with the length of the file nor with that of a request, only with the largest span.
 */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const window = new ByteWindow(input.chunks);
  try {
    const shape = binaryShape(await window.peek(SHAPE_BYTES));
    const batches = shape === undefined ? jsonBatches(input, window) : binaryBatches(input, window, shape);
    for await (const records of batches) if (records.length > 0) yield records;
  } finally {
    await window.close();
  }
}

async function* jsonBatches(input: Input, window: ByteWindow): AsyncGenerator<TraceRecord[]> {
  const text: Input = {
    chunks: window.rest(),
    refuse: (refusal) => input.refuse(refusal),
    ...(input.live === true && { live: true }),
  };
  for await (const piece of readJsonRequests(text)) yield recordsOfJson(piece, input);
}

async function* binaryBatches(
  input: Input,
  window: ByteWindow,
  shape: 'framed' | 'message',
): AsyncGenerator<TraceRecord[]> {
  for await (const piece of new BinaryWalk(input, window).read(shape)) yield recordsOfBinary(piece, input);
}
