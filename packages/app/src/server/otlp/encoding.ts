import { HttpProblem } from '../api-error.ts';

/** The two encodings of OTLP over HTTP; an answer is in the encoding of its request. */
export type OtlpEncoding = 'json' | 'protobuf';

const ENCODINGS: Record<string, OtlpEncoding> = {
  'application/json': 'json',
  'application/x-protobuf': 'protobuf',
  // Not in the specification, and sent all the same by clients that were written by hand.
  'application/protobuf': 'protobuf',
};

export const MEDIA_TYPES: Record<OtlpEncoding, string> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** The encoding that a `content-type` names; parameters and case do not matter. */
export function encodingOf(contentType: string | null | undefined): OtlpEncoding | undefined {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return Object.hasOwn(ENCODINGS, type) ? ENCODINGS[type] : undefined;
}

export function demandEncoding(contentType: string | null | undefined): OtlpEncoding {
  const encoding = encodingOf(contentType);
  if (encoding !== undefined) return encoding;
  throw new HttpProblem(
    415,
    'content-type',
    `Expected a body of type application/x-protobuf or application/json, found "${contentType?.slice(0, 60) || 'none'}".`,
  );
}
