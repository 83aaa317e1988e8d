import type { TraceRecord } from '../../model/record.ts';
import type { OtlpRequest } from './request.ts';

/** A request as records of the runs it tells of. `refuse` is called once for each span that cannot be kept. */
export function recordsOf(_request: OtlpRequest, _refuse: (reason: string) => void): TraceRecord[] {
  return [];
}
