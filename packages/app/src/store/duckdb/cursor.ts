import { RUN_SORTS, type RunSort } from '@tacho/trace/wire/runs';

/** Where a page of the run list ended. */
export type Cursor = { sort: RunSort; descending: boolean; key: string | null; runKey: number };

export function encodeCursor({ sort, descending, key, runKey }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, descending ? 1 : 0, key, runKey])).toString('base64url');
}

/** The cursor that a client sends back; undefined when it is not one of ours, to the letter. */
export function decodeCursor(text: string): Cursor | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [sort, descending, key, runKey] = parts as unknown[];
  const known = RUN_SORTS.find((name) => name === sort);
  if (known === undefined || !Number.isSafeInteger(runKey)) return undefined;
  if (key !== null && typeof key !== 'string') return undefined;
  const cursor = { sort: known, descending: descending === 1, key, runKey: runKey as number };
  // base64url takes many texts for the same bytes, and we write one of them.
  return encodeCursor(cursor) === text ? cursor : undefined;
}
