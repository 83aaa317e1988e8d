import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterLastLine, afterNextLine, byteRange, countLines, isWholeObject } from './line-ends.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-lines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function withFile<T>(
  bytes: Uint8Array,
  use: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  const file = join(folder, 'file');
  await writeFile(file, bytes);
  const handle = await open(file, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** Bytes with line ends at chosen places, some of them exactly where blocks of 64 KiB meet. */
const filled = (length: number, ends: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(length, 'x');
  for (const at of ends) if (at < length) bytes[at] = 10;
  return bytes;
};

test('line ends are found wherever they lie, at the borders of blocks too', async () => {
  const place = fc.oneof(fc.constantFrom(0, 1, 65_534, 65_535, 65_536, 131_071, 131_072), fc.nat(140_000));
  await fc.assert(
    fc.asyncProperty(
      place,
      fc.array(place, { maxLength: 6 }),
      place,
      place,
      async (length, ends, one, two) => {
        const bytes = filled(length, ends);
        const from = Math.min(one, two, length);
        const to = Math.min(Math.max(one, two), length);
        const part = bytes.subarray(from, to);
        await withFile(bytes, async (handle) => {
          const next = part.indexOf(10);
          expect(await afterLastLine(handle, from, to)).toBe(from + part.lastIndexOf(10) + 1);
          expect(await afterNextLine(handle, from, to)).toBe(next < 0 ? undefined : from + next + 1);
          expect(await countLines(handle, from, to)).toBe(part.filter((byte) => byte === 10).length);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('a range ends where the file ends, even when it was longer a moment ago', async () => {
  await withFile(Buffer.from('0123456789'), async (handle) => {
    const parts: Uint8Array[] = [];
    for await (const part of byteRange(handle, 3, 50, 4)) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('3456789');
  });
});

test('no beginning of an object counts as a whole one', async () => {
  const text = JSON.stringify({ a: { b: [1, '}', { c: '"' }] }, d: '{}' });
  await withFile(Buffer.from(`x\n${text}`), async (handle) => {
    for (let cut = 1; cut < text.length; cut++) expect(await isWholeObject(handle, 2, 2 + cut)).toBe(false);
    expect(await isWholeObject(handle, 2, 2 + text.length)).toBe(true);
  });
});
