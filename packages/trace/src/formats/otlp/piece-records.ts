import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input, Refusal } from '../format.ts';
import { MAX_REFUSED_CHARS } from '../lines.ts';
import { type BinaryPiece, decodePiece, eachLeaf } from './binary-piece.ts';
import { decodeTracesJson } from './decode-json.ts';
import type { Piece } from './json-walk.ts';
import { recordsOf } from './records.ts';
import { OtlpError } from './request.ts';

type Refuse = (reason: string) => void;

/** The records of a piece in JSON. Refusals have the place and text of the span that they are of. */
export function recordsOfJson(piece: Piece, input: Input): TraceRecord[] {
  const reasons: string[] = [];
  const records = decodedJson(piece.request, (reason) => reasons.push(reason));
  // Which spans they are of is found by reading each alone, since few files need it.
  if (reasons.length > 0) refuseAll(input, reasons, piece.place, jsonRefusals(piece));
  return records;
}

function decodedJson(request: JsonObject, refuse: Refuse): TraceRecord[] {
  return recordsOf(decodeTracesJson(request, refuse), refuse);
}

function jsonRefusals({ request, place, leaves }: Piece): Refusal[] {
  const found: Refusal[] = [];
  let leaf = 0;
  for (const alone of eachAlone(request)) {
    const at = leaves[leaf++] ?? place;
    const text = (JSON.stringify(alone.leaf) ?? '').slice(0, MAX_REFUSED_CHARS);
    decodedJson(alone.request, (reason) => found.push({ ...at, reason, text }));
  }
  return found;
}

/** The records of a piece in protobuf. A span that cannot be read costs no other. */
export function recordsOfBinary(piece: BinaryPiece, input: Input): TraceRecord[] {
  const reasons: string[] = [];
  const records = decodedBinary(piece, (reason) => reasons.push(reason));
  if (records !== undefined && reasons.length === 0) return records;
  const found: Refusal[] = [];
  const each: TraceRecord[] = [];
  for (const { piece: alone, leaf } of eachLeaf(piece)) {
    const refuse = (reason: string): void => {
      found.push({ offset: leaf.offset, reason });
    };
    each.push(...(decodedBinary(alone, refuse) ?? []));
  }
  const [first] = eachLeaf(piece);
  refuseAll(input, reasons, { offset: first?.leaf.offset ?? 0 }, found);
  return records ?? each;
}

/** Undefined, with a reason, where bytes are no request. */
function decodedBinary(piece: BinaryPiece, refuse: Refuse): TraceRecord[] | undefined {
  try {
    return recordsOf(decodePiece(piece), refuse);
  } catch (error) {
    if (!(error instanceof OtlpError)) throw error;
    // Its offset is one in the piece, which nobody else has.
    refuse(error.message.replace(/ \(byte \d+\)$/, ''));
    return undefined;
  }
}

/** Refusals with their own places, where each has one; else all with the piece's. */
function refuseAll(
  input: Input,
  reasons: readonly string[],
  place: Pick<Refusal, 'line' | 'offset'>,
  found: readonly Refusal[],
): void {
  const located = found.length >= reasons.length ? found : reasons.map((reason) => ({ ...place, reason }));
  for (const refusal of located) input.refuse(refusal);
}

/** The request as one request for each span and log in it. */
function* eachAlone(
  request: JsonObject,
): Generator<{ request: JsonObject; leaf: JsonValue }, void, undefined> {
  for (const [list, resource] of elementsOf(request))
    for (const [inner, scope] of elementsOf(resource))
      for (const [innermost, leaf] of elementsOf(scope)) {
        const only = { ...withoutLists(scope), [innermost]: [leaf] };
        yield { request: { [list]: [{ ...withoutLists(resource), [inner]: [only] }] }, leaf };
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

function withoutLists(value: JsonValue): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !Array.isArray(member)));
}
