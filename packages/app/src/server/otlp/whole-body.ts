import type { Admission } from '../admission.ts';

/** A body in one piece, its bytes held in the admission until `release`. */
export type WholeBody = { bytes: Uint8Array; release(): void };

/** Reads all of a body. What it throws has released everything. */
export async function wholeBody(chunks: AsyncIterable<Uint8Array>, admission: Admission): Promise<WholeBody> {
  const parts: Uint8Array[] = [];
  let held = 0;
  const release = (): void => {
    admission.release(held);
    held = 0;
  };
  try {
    for await (const chunk of chunks) {
      admission.hold(chunk.length);
      held += chunk.length;
      parts.push(chunk);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts, held), release };
}
