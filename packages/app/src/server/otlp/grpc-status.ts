import type { Metadata, StatusObject } from '@grpc/grpc-js';
import { type HttpProblem, problemOf } from '../api-error.ts';
import { RPC_CODES, rpcCodeOf, rpcStatus } from './answer.ts';
import { bytesField, joined, textField, varintField } from './protobuf-message.ts';

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/** A failure as gRPC tells it. A client sends again only with RetryInfo, so what is worth sending again carries it. */
export function grpcStatus(
  error: unknown,
  metadata: Metadata,
): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const problem = problemOf(error);
  const code = grpcCodeOf(problem);
  const seconds = Number(problem.headers['retry-after']);
  if (Number.isFinite(seconds)) {
    metadata.set(
      'grpc-status-details-bin',
      Buffer.from(rpcStatus(code, problem.message, [retryInfo(seconds)])),
    );
  }
  return { code, details: problem.message, metadata };
}

/** Of a message that is too large gRPC says itself RESOURCE_EXHAUSTED, without RetryInfo: it is not to come again. */
function grpcCodeOf(problem: HttpProblem): number {
  return problem.status === 413 ? RPC_CODES.resourceExhausted : rpcCodeOf(problem.status);
}

/** google.rpc.RetryInfo in a google.protobuf.Any. */
function retryInfo(seconds: number): Uint8Array {
  const delay = bytesField(1, varintField(1, Math.ceil(seconds)));
  return joined([textField(1, RETRY_INFO), bytesField(2, delay)]);
}
