import type { HttpProblem } from '../api-error.ts';
import { MEDIA_TYPES, type OtlpEncoding } from './encoding.ts';
import { bytesField, joined, textField, varintField } from './protobuf-message.ts';
import { SIGNALS, type Signal } from './signal.ts';

/** What of a request was not kept, and why. A sentence with nothing rejected is a warning. */
export type Taken = { rejected: number; message: string };

/** google.rpc.Code for the statuses of HTTP that are answered here. */
export const RPC_CODES = {
  ok: 0,
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const CODE_OF_STATUS: Record<number, number> = {
  400: RPC_CODES.invalidArgument,
  401: RPC_CODES.unauthenticated,
  403: RPC_CODES.permissionDenied,
  404: RPC_CODES.notFound,
  405: RPC_CODES.unimplemented,
  413: RPC_CODES.invalidArgument,
  415: RPC_CODES.invalidArgument,
  429: RPC_CODES.resourceExhausted,
  503: RPC_CODES.unavailable,
};

export function rpcCodeOf(httpStatus: number): number {
  return CODE_OF_STATUS[httpStatus] ?? RPC_CODES.internal;
}

/** Export…ServiceResponse as protobuf: empty when everything was taken. */
export function exportResponse({ rejected, message }: Taken): Uint8Array {
  if (rejected === 0 && message === '') return new Uint8Array();
  return bytesField(1, joined([varintField(1, rejected), textField(2, message)]));
}

/** google.rpc.Status as protobuf, with `details` as google.protobuf.Any messages. */
export function rpcStatus(code: number, message: string, details: readonly Uint8Array[] = []): Uint8Array {
  return joined([
    varintField(1, code),
    textField(2, message),
    ...details.map((detail) => bytesField(3, detail)),
  ]);
}

export function takenResponse(signal: Signal, encoding: OtlpEncoding, taken: Taken): Response {
  const { rejected, message } = taken;
  const partialSuccess = { [SIGNALS[signal].rejected]: String(rejected), errorMessage: message };
  const json = rejected === 0 && message === '' ? {} : { partialSuccess };
  return answer(200, encoding, encoding === 'json' ? JSON.stringify(json) : exportResponse(taken), {});
}

/** A problem as google.rpc.Status; JSON where the request was in no encoding that OTLP knows. */
export function problemResponse(problem: HttpProblem, encoding: OtlpEncoding = 'json'): Response {
  const code = rpcCodeOf(problem.status);
  const message = problem.hint === undefined ? problem.message : `${problem.message} ${problem.hint}`;
  const body = encoding === 'json' ? JSON.stringify({ code, message }) : rpcStatus(code, message);
  return answer(problem.status, encoding, body, problem.headers);
}

function answer(
  status: number,
  encoding: OtlpEncoding,
  body: string | Uint8Array,
  headers: Record<string, string>,
): Response {
  const content = typeof body === 'string' ? body : new Uint8Array(body);
  return new Response(content, { status, headers: { ...headers, 'content-type': MEDIA_TYPES[encoding] } });
}
