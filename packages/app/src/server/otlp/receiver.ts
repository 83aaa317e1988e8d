import { decodeTracesJson } from '@tacho/trace/formats/otlp/decode-json';
import { decodeLogs, decodeTraces } from '@tacho/trace/formats/otlp/decode-protobuf';
import { recordsOf } from '@tacho/trace/formats/otlp/records';
import { OtlpError, type OtlpRequest } from '@tacho/trace/formats/otlp/request';
import { isObject, type JsonObject } from '@tacho/trace/model/json';
import { nowUs } from '@tacho/trace/model/time';
import type { Ingest } from '../../ingest/ingest.ts';
import type { Admission } from '../admission.ts';
import { HttpProblem } from '../api-error.ts';
import type { Taken } from './answer.ts';
import { dataPointsInJson, dataPointsInProtobuf } from './data-points.ts';
import type { OtlpEncoding } from './encoding.ts';
import { Rejections } from './rejections.ts';
import { SIGNALS, type Signal } from './signal.ts';

/** Bytes of a small span as it is sent: how much room a body will need is known only when it is decoded. */
const BYTES_PER_SPAN = 250;
/** Records handed to the ingest at one time: a body of a million spans becomes durable in several transactions. */
const RECORDS_PER_BATCH = 20_000;

const METRICS_REASON = 'Tacho keeps traces and the events in logs, and no metrics; send them elsewhere';

/** One export request, whole and inflated. `bytes` are counted by the admission until they are stored. */
export type Export = { signal: Signal; encoding: OtlpEncoding; bytes: Uint8Array; uri: string };

/** The way of export requests into the ingest, for every transport. */
export class OtlpReceiver {
  readonly #ingest: Ingest;
  readonly #admission: Admission;

  constructor(ingest: Ingest, admission: Admission) {
    this.#ingest = ingest;
    this.#admission = admission;
  }

  /**
   * Resolves when everything that could be taken is durable. Throws HttpProblem for what is malformed and when there is
   * no room, and what the ingest throws when it cannot store.
   */
  async take(request: Export): Promise<Taken> {
    if (request.signal === 'metrics') return refuseMetrics(request);
    // Decoded only when it is its turn: a decoded request takes many times the memory of its bytes.
    const room = Math.ceil(request.bytes.length / BYTES_PER_SPAN);
    await this.#admission.enter(room);
    try {
      return await this.#store(request);
    } finally {
      this.#admission.leave(room);
    }
  }

  async #store(request: Export): Promise<Taken> {
    const rejections = new Rejections(request.uri);
    const refuse = (reason: string): void => rejections.add(reason);
    const records = recordsOf(decoded(request, refuse), refuse);
    for (let at = 0; at < records.length; at += RECORDS_PER_BATCH) {
      const whole = records.length <= RECORDS_PER_BATCH;
      await this.#ingest.accept({ records: whole ? records : records.slice(at, at + RECORDS_PER_BATCH) });
    }
    if (rejections.count > 0) {
      await this.#ingest.accept({ records: [], refused: rejections.quarantined(nowUs()) });
    }
    return rejections.taken(SIGNALS[request.signal].item);
  }
}

function decoded({ signal, encoding, bytes }: Export, refuse: (reason: string) => void): OtlpRequest {
  if (encoding === 'json') return decodeTracesJson(parsedRequest(bytes), refuse);
  try {
    return signal === 'logs' ? decodeLogs(bytes) : decodeTraces(bytes);
  } catch (error) {
    if (!(error instanceof OtlpError)) throw error;
    throw malformed(`The body is no export request of ${signal} in protobuf: ${error.message}.`);
  }
}

/** Metrics are told to be refused, not answered with an error: clients log those at every export, and some retry. */
function refuseMetrics({ encoding, bytes }: Export): Taken {
  const rejected = encoding === 'json' ? dataPointsInJson(parsed(bytes)) : dataPointsInProtobuf(bytes);
  if (rejected === undefined) throw malformed('The body is no export request of metrics in protobuf.');
  return { rejected, message: rejected === 0 ? '' : `${METRICS_REASON}.` };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch (error) {
    throw malformed(`The body is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** A list or a text is no request at all, and nothing of it can be taken. */
function parsedRequest(bytes: Uint8Array): JsonObject {
  const value = parsed(bytes);
  if (isObject(value)) return value;
  throw malformed(
    'The body is no export request: expected a JSON object with "resourceSpans" or "resourceLogs".',
  );
}

function malformed(message: string): HttpProblem {
  return new HttpProblem(400, 'malformed', message);
}
