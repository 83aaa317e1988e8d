import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Head, Refusal } from '@tacho/trace/formats/format';
import { FINGERPRINT_BYTES } from './fingerprint.ts';

const NEWLINE = 10;
/** What formats get to see for recognition. */
const HEAD_BYTES = 64 * 1024;
/** One read. Larger ones cost memory and gain nothing measurable. */
const CHUNK_BYTES = 256 * 1024;

/** A source opened for one reading. Closed when its chunks end, or by `close`. */
export type OpenSource = {
  readonly name: string;
  readonly head: Head;
  /** The first bytes as they lie on the disk: at least as many as a fingerprint covers, where there are as many. */
  readonly raw: Uint8Array;
  readonly zipped: boolean;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Offset after the last line end that was read so far. */
  lineEnd(): number;
  /** Set when the bytes are not text that any format could read. */
  readonly unreadable?: string;
  /** What went wrong underneath while the chunks were read: the file ends early, or the compression is broken. */
  readonly broken: () => Refusal | undefined;
  close(): Promise<void>;
};

/** Opens a file: gzip is undone (known by its first bytes, not its name), the head is read ahead. Throws when it cannot be opened. */
export async function openFile(path: string): Promise<OpenSource> {
  const handle = await open(path, 'r');
  try {
    return await openBytes(readHandle(handle), basename(path), () => handle.close());
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Any bytes as a source: standard input, a response. */
export async function openBytes(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  close: () => Promise<void> = async () => {},
): Promise<OpenSource> {
  let broken: Refusal | undefined;
  let passed = 0;
  let lineEnd = 0;
  const raw = bytes[Symbol.asyncIterator]();
  const first = await pull(raw, FINGERPRINT_BYTES);
  const zipped = first[0] === 0x1f && first[1] === 0x8b;
  const plain = zipped ? gunzip(prepend(first, raw)) : prepend(first, raw);
  const counted = (async function* () {
    try {
      for await (const chunk of plain) {
        const at = chunk.lastIndexOf(NEWLINE);
        if (at >= 0) lineEnd = passed + at + 1;
        passed += chunk.length;
        yield chunk;
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      broken = {
        offset: passed,
        reason: zipped ? `the gzip data is broken or cut off: ${message}` : `reading stopped: ${message}`,
      };
    }
  })();
  const start = await pull(counted, HEAD_BYTES);
  const complete = start.length < HEAD_BYTES;
  const unreadable = notText(start);
  return {
    name: zipped ? name.replace(/\.gz$/i, '') : name,
    head: headOf(start, zipped ? name.replace(/\.gz$/i, '') : name, complete),
    raw: first,
    zipped,
    lineEnd: () => lineEnd,
    chunks: closing(prepend(start, counted), close),
    ...(unreadable !== undefined && { unreadable }),
    broken: () => broken,
    close,
  };
}

/** The head as formats want it: decoded, without a byte order mark, not cut inside a character. */
export function headOf(bytes: Uint8Array, name: string, complete: boolean): Head {
  const head = bytes.subarray(0, HEAD_BYTES);
  return { name, text: new TextDecoder().decode(head, { stream: !complete }), bytes: head, complete };
}

/** Why the first bytes of a source cannot be text in UTF-8; undefined when they can. */
export function notText(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'it is UTF-16; expected UTF-8';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd)
    return 'it is compressed with zstd; decompress it first';
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return 'it is a zip archive; unpack it first';
  // NUL never occurs in JSON or in logs. 8 KiB are what git looks at as well.
  return bytes.subarray(0, 8192).includes(0) ? 'it is not text' : undefined;
}

async function* readHandle(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(CHUNK_BYTES),
      0,
      CHUNK_BYTES,
      position,
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function gunzip(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const source = Readable.from(bytes, { objectMode: false });
  const gunzipped = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on('error', (error) => gunzipped.destroy(error));
  // Whoever iterates is told of the error by the iteration; without this listener one who stopped early would crash.
  gunzipped.on('error', () => {});
  gunzipped.on('close', () => source.destroy());
  return source.pipe(gunzipped) as AsyncIterable<Uint8Array>;
}

/** Takes at least `wanted` bytes, or all there are. */
async function pull(bytes: AsyncIterator<Uint8Array>, wanted: number): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < wanted) {
    const next = await bytes.next();
    if (next.done) break;
    taken.push(next.value);
    length += next.value.length;
  }
  return taken.length === 1 ? taken[0]! : Buffer.concat(taken);
}

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* closing(
  bytes: AsyncIterable<Uint8Array>,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } finally {
    await close();
  }
}
