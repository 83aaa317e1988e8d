import fc from 'fast-check';
import { expect, test } from 'vitest';
import { corrupt, randomNumbers } from '../../../../tests/format-cases.ts';
import type { Refusal } from './format.ts';
import { type NestPart, readNestedJson } from './json-nest.ts';

const OPTIONS = { enter: ['spans', 'children'], spread: ['events'] };

async function partsOf(source: string | Uint8Array, chunk = 65_536) {
  const bytes = Buffer.from(source);
  const refusals: Refusal[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const parts: NestPart[] = [];
  const input = { chunks: chunks(), refuse: (refusal: Refusal) => refusals.push(refusal) };
  for await (const batch of readNestedJson(input, OPTIONS)) parts.push(...batch);
  return { parts, refusals };
}

/** Bytes that are no UTF-8 make offsets inexact. */
function withoutOffsets(read: unknown): unknown {
  return JSON.parse(JSON.stringify(read, (key, value) => (key === 'offset' ? undefined : value)));
}

/** The parts in short: `{spans` opens, `key=value` is said, `}` closes, `}!` closes for want of an end. */
async function sketchOf(source: string): Promise<string[]> {
  const { parts, refusals } = await partsOf(source);
  const told = parts.map((part) => {
    if (part.is === 'open') return `{${part.list}`;
    if (part.is === 'close') return part.torn ? '}!' : '}';
    const place = part.index === undefined ? part.key : `${part.key}[${part.index}]`;
    return `${place}=${JSON.stringify(part.value)}${part.mended ? '~' : ''}`;
  });
  return [...told, ...refusals.map(({ line }) => `refused in line ${line}`)];
}

test('objects of objects, lists of values, and documents that follow each other', async () => {
  expect(
    await sketchOf(
      '{"id":1,"spans":[{"a":[{"x":1}],"children":[{"b":2}],"events":[{"t":1},5],"c":3},7]}\n[{"d":4}] {"spans":null}',
    ),
  ).toEqual([
    ...['{', 'id=1', '{spans', 'a=[{"x":1}]', '{children', 'b=2', '}', 'events[0]={"t":1}', 'events[1]=5'],
    ...['c=3', '}', 'spans[1]=7', '}', '{', 'd=4', '}', '{', 'spans=null', '}'],
  ]);
});

test('what is broken in a pretty-printed document ends at the line that fits', async () => {
  const text = JSON.stringify(
    { id: 1, spans: [{ a: { deep: { x: 1 }, y: 2 }, b: 3, children: [{ c: 4 }] }, { d: 5 }], total: 6 },
    null,
    2,
  );
  expect(await sketchOf(text.replace('"x": 1', '"x": oh'))).toEqual([
    ...['{', 'id=1', '{spans', 'a={"deep":{},"y":2}~', 'b=3', '{children', 'c=4', '}', '}', '{spans', 'd=5'],
    ...['}', 'total=6', '}', 'refused in line 7'],
  ]);
  expect(await sketchOf(text.replace('"b": 3', '"b 3'))).toEqual([
    ...['{', 'id=1', '{spans', 'a={"deep":{"x":1},"y":2}', '{children', 'c=4', '}', '}', '{spans', 'd=5'],
    ...['}', 'total=6', '}', 'refused in line 11'],
  ]);
});

test('what is broken on one line ends where the next element begins', async () => {
  const text =
    '{"spans":[{"id":1,"in":{"list":[{"x":1}]}},{"id":2,"children":[{"id":3}]},{"id":4}],"total":5}';
  expect(await sketchOf(text.replace('{"x":1}', '{"x"1}'))).toEqual([
    ...[
      '{',
      '{spans',
      'id=1',
      'in={"list":[{"x":1}]}~',
      '}!',
      '{spans',
      'id=2',
      '{children',
      'id=3',
      '}',
      '}',
    ],
    ...['{spans', 'id=4', '}', 'total=5', '}', 'refused in line 1'],
  ]);
});

test('a bracket that is missing costs no element', async () => {
  const text = '{"spans":[\n {"id":1},\n {"id":2},\n {"id":3}\n],\n"total":4}';
  for (const [good, bad] of [
    ['{"id":2}', '{"id":2'],
    ['{"id":2}', '"id":2}'],
    ['\n],', '\n,'],
    ['{"id":2}', '{"id":2}}'],
  ] as const) {
    const told = await sketchOf(text.replace(good, bad));
    expect(told.filter((part) => /^(id|total)=/.test(part)).sort()).toEqual(
      expect.arrayContaining(['id=1', 'id=3']),
    );
    expect(told.at(-1)).toMatch(/^refused in line/);
  }
});

test('damage anywhere is read the same way whatever the chunks', async () => {
  const compact = JSON.stringify({
    trace_id: 't',
    spans: [
      {
        id: 'a',
        inputs: { list: [{ id: 1 }, { id: 2 }], text: 'ä "q" \\ {' },
        children: [{ id: 'b', n: 1e-300 }],
      },
      { id: 'c', events: [{ at: 1 }, { at: 2 }], children: [{ id: 'd', children: [{ id: 'e' }] }] },
    ],
    total: { tokens: 5 },
  });
  const sources = [compact, JSON.stringify(JSON.parse(compact), null, 1), `${compact}\n${compact}\n`];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sources),
      fc.integer(),
      fc.integer({ min: 1, max: 64 }),
      async (source, seed, chunk) => {
        const random = randomNumbers(seed);
        const damaged = corrupt(corrupt(Buffer.from(source), random), random);
        expect(withoutOffsets(await partsOf(damaged, chunk))).toEqual(withoutOffsets(await partsOf(damaged)));
      },
    ),
    { numRuns: 400, examples: [[sources[1]!, 1554737909, 1]] },
  );
});
