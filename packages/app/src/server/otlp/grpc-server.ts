import {
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  setLogVerbosity,
} from '@grpc/grpc-js';
import type { Admission } from '../admission.ts';
import { MOST_INFLATED } from '../body.ts';
import { PortTakenError } from '../listen.ts';
import { exportResponse } from './answer.ts';
import { grpcDoor } from './grpc-door.ts';
import { grpcStatus } from './grpc-status.ts';
import type { OtlpReceiver } from './receiver.ts';
import { SIGNAL_NAMES, SIGNALS, type Signal } from './signal.ts';

export type GrpcOptions = {
  port: number;
  host: string;
  otlp: OtlpReceiver;
  admission: Admission;
  /** Demanded of every call. */
  token?: string;
};
export type GrpcListening = { port: number; close(): Promise<void> };

const CALLS_A_CONNECTION = 32;
/** Calls under way may end before the port closes on them. */
const GRACE_MS = 2_000;

/** OTLP over gRPC on a port of its own. Messages are bytes to gRPC: the same code as for HTTP reads and writes them. */
export async function listenGrpc(options: GrpcOptions): Promise<GrpcListening> {
  const { host, admission, otlp } = options;
  // It prints lines of its own about what it also throws.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': MOST_INFLATED,
    'grpc.max_concurrent_streams': CALLS_A_CONNECTION,
    interceptors: [grpcDoor(admission, options.token)],
  });
  for (const signal of SIGNAL_NAMES) {
    server.addService(serviceOf(signal), {
      Export: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
        void take(signal, call.request, otlp, admission).then(
          (bytes) => answer(null, bytes),
          (error) => answer(grpcStatus(error, new Metadata())),
        ),
    });
  }
  const address = host.includes(':') ? `[${host}]` : host;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${address}:${options.port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(/EADDRINUSE/.test(error.message) ? new PortTakenError(options.port, host) : error);
    });
  });
  return { port, close: () => closed(server) };
}

async function take(
  signal: Signal,
  bytes: Buffer,
  otlp: OtlpReceiver,
  admission: Admission,
): Promise<Buffer> {
  admission.hold(bytes.length);
  try {
    const uri = `OTLP/gRPC ${signal}`;
    return Buffer.from(exportResponse(await otlp.take({ signal, encoding: 'protobuf', bytes, uri })));
  } finally {
    admission.release(bytes.length);
  }
}

function serviceOf(signal: Signal): ServiceDefinition {
  const bytes = (message: Buffer): Buffer => message;
  return {
    Export: {
      path: `/${SIGNALS[signal].service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, GRACE_MS);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
