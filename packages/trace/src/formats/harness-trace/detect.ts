import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { seedName } from './names.ts';
import { ownHead } from './span-frame.ts';

/** What the spans of other formats have, and this one's have not. */
const OTHERS = ['traceId', 'trace_id', 'kind_code', 'startTimeUnixNano', 'context', 'instrumentationScope'];

/** By the beginning of the document: spans in a list, with the seed's words. */
export function detect(head: Head): Likelihood {
  const value = headDocument(head);
  const trace = Array.isArray(value) ? value[0] : value;
  if (!isObject(trace)) return 0;
  if (ownHead(trace.metadata)) return 0.95;
  const spans = [trace.spans, trace.children].find(Array.isArray) as JsonValue[] | undefined;
  const first = spans?.find(isObject);
  if (first === undefined) return 0;
  const names = new Set(Object.keys(first).map(seedName));
  if (OTHERS.some((name) => first[name] !== undefined) || !names.has('name')) return 0;
  const words = ['span_id', 'start_time', 'inputs', 'outputs', 'metadata', 'children'].filter((word) =>
    names.has(word),
  );
  const named = trace.trace_id !== undefined || isSpan(trace);
  if (words.length < 2) return 0;
  return (named ? 0.8 : 0.6) + 0.02 * words.length;
}

/** The trace is itself a span, with children. */
function isSpan(trace: JsonObject): boolean {
  return trace.name !== undefined && Array.isArray(trace.children);
}
