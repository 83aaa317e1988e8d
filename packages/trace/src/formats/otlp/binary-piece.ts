import { decodeLogs, decodeTraces } from './decode-protobuf.ts';
import type { OtlpRequest } from './request.ts';

/** Spans or logs of one scope, as bytes: each field with its tag and length. */
export type ScopeBytes = { readonly rest: Uint8Array[]; readonly leaves: Leaf[] };
export type ResourceBytes = { readonly rest: Uint8Array[]; readonly scopes: ScopeBytes[] };
/** A span or log, and where it stands in the source. */
export type Leaf = { readonly bytes: Uint8Array; readonly offset: number };

/** What fits of a request, still in bytes. A request of traces and one of logs look the same but for what is innermost. */
export type BinaryPiece = { readonly isLogs: boolean; readonly resources: readonly ResourceBytes[] };

/** Throws OtlpError where one of its fields cannot be read. */
export function decodePiece({ isLogs, resources }: BinaryPiece): OtlpRequest {
  const bytes = joined(resources.map((resource) => field(RESOURCE_SPANS, resourceBytes(resource))));
  return isLogs ? decodeLogs(bytes) : decodeTraces(bytes);
}

/** Each span or log with nothing but its resource and scope. */
export function* eachLeaf({
  isLogs,
  resources,
}: BinaryPiece): Generator<{ piece: BinaryPiece; leaf: Leaf }, void, undefined> {
  for (const { rest, scopes } of resources)
    for (const scope of scopes)
      for (const leaf of scope.leaves)
        yield {
          piece: { isLogs, resources: [{ rest, scopes: [{ rest: scope.rest, leaves: [leaf] }] }] },
          leaf,
        };
}

/** Tags of the fields that are put together again: numbers 1 and 2, both messages. */
const RESOURCE_SPANS = 0x0a;
const SCOPE_SPANS = 0x12;

function resourceBytes({ rest, scopes }: ResourceBytes): Uint8Array {
  const parts = scopes.map((scope) =>
    field(SCOPE_SPANS, joined([...scope.rest, ...scope.leaves.map(({ bytes }) => bytes)])),
  );
  return joined([...rest, ...parts]);
}

function field(tag: number, content: Uint8Array): Uint8Array {
  const head = [tag];
  let length = content.length;
  for (; length > 127; length = Math.floor(length / 128)) head.push((length % 128) + 128);
  head.push(length);
  return joined([Uint8Array.from(head), content]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
