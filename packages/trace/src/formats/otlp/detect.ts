import { isObject, type JsonValue } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { binaryShape } from './binary-shape.ts';
import { fieldOf } from './json-fields.ts';
import { unwrapped } from './json-levels.ts';

/** The lists that only export requests have, and what their elements have. */
const LISTS: Readonly<Record<string, RegExp>> = {
  resourceSpans: /^(resource|scopeSpans|instrumentationLibrarySpans|schemaUrl)$/,
  resource_spans: /^(resource|scope_?[sS]pans|instrumentation_library_spans|schema_?[uU]rl)$/,
  resourceLogs: /^(resource|scopeLogs|schemaUrl)$/,
  resource_logs: /^(resource|scope_?[lL]ogs|schema_?[uU]rl)$/,
};

/** Tempo's name for such a list. Others have batches too: its elements must be resources. */
const BATCHES = 'batches';
const BATCH = /^(scopeSpans|instrumentationLibrarySpans)$/;

/** The fields of what stands alone in a line, or in an array: a resource with its spans, or a span. */
const ALONE = [
  ['resource', 'scopeSpans'],
  ['traceId', 'spanId', 'name', 'startTimeUnixNano'],
] as const;

/** By content: a list of resources under the name that export requests give it. A name says nothing: .json is anybody's. */
export function detect(head: Head): Likelihood {
  if (head.bytes !== undefined && binaryShape(head.bytes) !== undefined) return 0.95;
  const document = headDocument(head);
  const request = Array.isArray(document) ? document.find(isObject) : document;
  return isObject(request) ? likelihoodOf(unwrapped(request)) : 0;
}

/** A request that is printed on many lines, an array of them, or bytes: nothing that can be read line by line. */
export function isDocument(head: Head): boolean {
  if (head.bytes !== undefined && binaryShape(head.bytes) !== undefined) return true;
  return /^\s*(\[|\{[^\n]*\n[ \t\r}\]"])/.test(head.text);
}

function likelihoodOf(request: { [key: string]: JsonValue | undefined }): Likelihood {
  for (const [list, fields] of Object.entries(LISTS)) {
    const resources = request[list];
    if (!Array.isArray(resources)) continue;
    const first = resources.find(isObject);
    if (first === undefined) return 0.8;
    return Object.keys(first).some((key) => fields.test(key)) ? 0.95 : 0.6;
  }
  const alone = ALONE.find((fields) => fields.every((field) => fieldOf(request, field) !== undefined));
  if (alone !== undefined) return 0.9;
  const batch = Array.isArray(request[BATCHES]) ? request[BATCHES].find(isObject) : undefined;
  return batch !== undefined && Object.keys(batch).some((key) => BATCH.test(key)) ? 0.95 : 0;
}
