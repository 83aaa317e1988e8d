import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { MAX_REFUSED_CHARS } from '../lines.ts';
import type { Place } from '../text-window.ts';
import { decodeTracesJson } from './decode-json.ts';
import { readJsonRequests } from './json-requests.ts';
import type { Piece } from './json-walk.ts';
import { recordsOf } from './records.ts';

/** OTLP as files have it. Spans come in batches, in their order; memory does not grow with the length of the file. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  for await (const piece of readJsonRequests(input)) {
    const records = recordsOfJson(piece, input);
    if (records.length > 0) yield records;
  }
}

function recordsOfJson(piece: Piece, input: Input): TraceRecord[] {
  const reasons: string[] = [];
  const records = decoded(piece.request, (reason) => reasons.push(reason));
  if (reasons.length > 0) refuseEach(piece, reasons, input);
  return records;
}

function decoded(request: JsonObject, refuse: (reason: string) => void): TraceRecord[] {
  return recordsOf(decodeTracesJson(request, refuse), refuse);
}

/** Refusals with the place and text of the span that they are of: found by reading each alone, since few files need it. */
function refuseEach({ request, place, leaves }: Piece, reasons: readonly string[], input: Input): void {
  const found: { reason: string; place: Place; text: string }[] = [];
  let leaf = 0;
  for (const alone of eachAlone(request)) {
    const at = leaves[leaf++] ?? place;
    decoded(alone.request, (reason) =>
      found.push({ reason, place: at, text: JSON.stringify(alone.leaf) ?? '' }),
    );
  }
  const located =
    found.length === reasons.length ? found : reasons.map((reason) => ({ reason, place, text: '' }));
  for (const {
    reason,
    place: { line, offset },
    text,
  } of located)
    input.refuse({ line, offset, reason, ...(text !== '' && { text: text.slice(0, MAX_REFUSED_CHARS) }) });
}

/** The request as one request for each span and log in it. */
function* eachAlone(
  request: JsonObject,
): Generator<{ request: JsonObject; leaf: JsonValue }, void, undefined> {
  for (const [list, resource] of elementsOf(request))
    for (const [inner, scope] of elementsOf(resource))
      for (const [innermost, leaf] of elementsOf(scope)) {
        const only = { ...without(scope), [innermost]: [leaf] };
        yield { request: { [list]: [{ ...without(resource), [inner]: [only] }] }, leaf };
      }
}

/** The elements of all lists of a value. */
function* elementsOf(
  value: JsonValue | undefined,
): Generator<[list: string, element: JsonValue], void, undefined> {
  if (!isObject(value)) return;
  for (const [name, list] of Object.entries(value))
    if (Array.isArray(list)) for (const element of list) yield [name, element];
}

/** The members of a value that are no lists. */
function without(value: JsonValue): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !Array.isArray(member)));
}
