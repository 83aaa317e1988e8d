import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 0x0a;
const BLOCK_BYTES = 64 * 1024;
/** A tail longer than this is not tried as a line without an end: it is read when its line end comes. */
const MAX_TAIL_BYTES = 32 * 1024 * 1024;

/** Offset after the last line end in `[from, to)`, found backwards; `from` when there is none. */
export async function afterLastLine(handle: FileHandle, from: number, to: number): Promise<number> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let end = to; end > from; ) {
    const start = Math.max(from, end - BLOCK_BYTES);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return from;
}

/** Offset after the first line end in `[from, to)`; undefined when there is none. */
export async function afterNextLine(
  handle: FileHandle,
  from: number,
  to: number,
): Promise<number | undefined> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let start = from; start < to; ) {
    const { bytesRead } = await handle.read(block, 0, Math.min(BLOCK_BYTES, to - start), start);
    if (bytesRead === 0) return undefined;
    const at = block.subarray(0, bytesRead).indexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    start += bytesRead;
  }
  return undefined;
}

/** Line ends in `[from, to)`. */
export async function countLines(handle: FileHandle, from: number, to: number): Promise<number> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let lines = 0;
  for (let start = from; start < to; ) {
    const { bytesRead } = await handle.read(block, 0, Math.min(BLOCK_BYTES, to - start), start);
    if (bytesRead === 0) break;
    const part = block.subarray(0, bytesRead);
    for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) lines++;
    start += bytesRead;
  }
  return lines;
}

/**
 * True when `[from, to)` is a whole JSON object although no line end follows. No beginning of an object is one itself,
 * so this cannot take half a line: a writer that ends without a line end loses nothing.
 */
export async function isWholeObject(handle: FileHandle, from: number, to: number): Promise<boolean> {
  if (to - from < 2 || to - from > MAX_TAIL_BYTES) return false;
  const ends = Buffer.alloc(2);
  await handle.read(ends, 0, 1, from);
  await handle.read(ends, 1, 1, to - 1);
  if (ends.toString('latin1') !== '{}') return false;
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(to - from), 0, to - from, from);
  if (bytesRead < to - from) return false;
  try {
    JSON.parse(buffer.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The bytes `[from, to)` in chunks; ends early when the file was cut short meanwhile. */
export async function* byteRange(
  handle: FileHandle,
  from: number,
  to: number,
  chunkBytes = 256 * 1024,
): AsyncGenerator<Uint8Array> {
  for (let start = from; start < to; ) {
    const wanted = Math.min(chunkBytes, to - start);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, start);
    if (bytesRead === 0) return;
    start += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
