import { OtlpError, type OtlpRequest } from './request.ts';

/** The bytes of an ExportTraceServiceRequest. Throws OtlpError when they are none. */
export function decodeTraces(bytes: Uint8Array): OtlpRequest {
  if (bytes.length > 0) throw new OtlpError('protobuf cannot be read yet', 0);
  return { resourceSpans: [], resourceLogs: [], ignoredMetrics: 0 };
}
