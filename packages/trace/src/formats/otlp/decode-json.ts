import type { OtlpRequest } from './request.ts';

/** A parsed export request. `refuse` is called once for each span that cannot be read. */
export function decodeTracesJson(_value: unknown, _refuse: (reason: string) => void): OtlpRequest {
  return { resourceSpans: [], resourceLogs: [], ignoredMetrics: 0 };
}
