import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corrupt, randomNumbers } from '../../../../tests/format-cases.ts';
import type { Refusal } from './format.ts';
import { type DocumentOptions, type DocumentPart, headDocument, readJsonDocument } from './json-document.ts';
import { mendJson } from './json-mend.ts';

type Read = { parts: DocumentPart[]; refusals: Refusal[] };

async function read(
  text: string | Uint8Array,
  spread: string[],
  chunk = 65_536,
  options: DocumentOptions = {},
): Promise<Read> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const refusals: Refusal[] = [];
  const parts: DocumentPart[] = [];
  const input = { chunks: chunks(), refuse: (refusal: Refusal) => void refusals.push(refusal) };
  for await (const batch of readJsonDocument(input, spread, options)) parts.push(...batch);
  return { parts, refusals };
}

const values = ({ parts }: Read): unknown[] => parts.map(({ value }) => value);

describe('whole documents', () => {
  test('members one by one, long lists by element, with their places', async () => {
    const text = '{"a": 1,\n "list": [\n  {"x": "ä"},\n  2\n ], "b": {"list": [1]}}\n{"a": 2}';
    const { parts, refusals } = await read(text, ['list']);
    expect(refusals).toEqual([]);
    expect(parts).toEqual([
      { document: 0, key: 'a', value: 1, place: { line: 1, offset: 6 } },
      { document: 0, key: 'list', index: 0, value: { x: 'ä' }, place: { line: 3, offset: 22 } },
      { document: 0, key: 'list', index: 1, value: 2, place: { line: 4, offset: 37 } },
      { document: 0, key: 'b', value: { list: [1] }, place: { line: 5, offset: 48 } },
      { document: 1, key: 'a', value: 2, place: { line: 6, offset: 69 } },
    ]);
  });

  test('a top-level list, by element only when asked', async () => {
    expect(values(await read('[1, {"a": 2}, [3]]', ['']))).toEqual([1, { a: 2 }, [3]]);
    expect(values(await read('[1, 2]', []))).toEqual([[1, 2]]);
  });

  test('NaN is null, a byte order mark is none, commas at the end are nothing', async () => {
    expect(values(await read('\ufeff{"a": [NaN, 1,], "b": 1,}', ['a']))).toEqual([null, 1, 1]);
  });

  test('whatever the chunks, the same parts in the same places', async () => {
    const json = fc.json({ depthSize: 'medium' }).map((text) => JSON.parse(text) as unknown);
    const document = fc.dictionary(fc.constantFrom('list', 'other', 'ä"'), fc.oneof(json, fc.array(json)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        async (documents, chunk) => {
          const text = documents.map((one) => JSON.stringify(one, null, 1)).join('\n');
          const whole = await read(text, ['list']);
          expect(whole.refusals).toEqual([]);
          expect(await read(text, ['list'], chunk)).toEqual(whole);
          const expected = documents.flatMap((one) =>
            Object.entries(one).flatMap(([key, value]) =>
              key === 'list' && Array.isArray(value) ? value : [value],
            ),
          );
          expect(values(whole)).toEqual(expected);
        },
      ),
    );
  });
});

describe('damage', () => {
  const elements = Array.from({ length: 20 }, (_, n) => ({
    n,
    name: `event ${n}`,
    args: { deep: [n, { n }] },
  }));
  const shapes: [string, string][] = [
    ['pretty', JSON.stringify({ list: elements, after: 1 }, null, 2)],
    ['one line', JSON.stringify({ list: elements, after: 1 })],
    [
      'an element a line',
      `{"list":[\n${elements.map((one) => JSON.stringify(one)).join(',\n')}\n],"after":1}`,
    ],
  ];
  const numbers = ({ parts }: Read): Set<unknown> =>
    new Set(parts.map(({ value }) => (value as { n?: unknown } | null)?.n));

  test.each(shapes)('%s: cut anywhere, every whole element before the cut is read', async (_, text) => {
    for (let cut = 1; cut < text.length; cut++) {
      const torn = await read(text.slice(0, cut), ['list']);
      expect(torn.refusals.length).toBeGreaterThan(0);
      const known = numbers(torn);
      const whole = elements.filter(({ n }) => cut > text.indexOf(`"event ${n + 1}"`) && n < 19);
      expect(whole.filter(({ n }) => !known.has(n))).toEqual([]);
    }
  });

  test.each(shapes)('%s: one broken element costs itself', async (_, text) => {
    for (const [from, to] of [
      ['"event 7"', '"event 7'],
      ['"event 7"', 'event 7"'],
      ['"event 7",', '"event 7"'],
      ['"event 7"', '{"event 7"'],
      ['"event 7"', '"event 7"}'],
      ['"event 7"', '\u0001'],
    ] as const) {
      const broken = await read(text.replace(from, to), ['list'], 64);
      const known = numbers(broken);
      expect(broken.refusals[0]).toMatchObject({
        reason: expect.stringMatching(/\S.{5}/),
        line: expect.any(Number),
      });
      expect(elements.filter(({ n }) => n !== 7 && n !== 8 && !known.has(n)).map(({ n }) => n)).toEqual([]);
    }
  });

  test('an open end is legal where the format says so', async () => {
    expect((await read('[{"a":1},\n{"a":2}', [''], 5, { openEnd: true })).refusals).toEqual([]);
    expect((await read('[{"a":1},\n{"a":2}', [''], 5)).refusals).toHaveLength(1);
  });

  test('a cut-off value is handed out as far as it goes, marked', async () => {
    const { parts, refusals } = await read('{"spans":[{"id":1,"children":[{"id":2},{"id":3,"name":"x', [
      'spans',
    ]);
    expect(parts).toMatchObject([{ mended: true, value: { id: 1, children: [{ id: 2 }, { id: 3 }] } }]);
    expect(refusals).toHaveLength(1);
  });

  test('thousands of corruptions end, each refusal with place and reason', async () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 2000; round++) {
      const [, text] = shapes[round % 3]!;
      const { refusals } = await read(corrupt(new TextEncoder().encode(text), random), ['list', ''], 97);
      for (const { reason, line } of refusals) {
        expect(reason).toMatch(/\S.{5}/);
        expect(line).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test('deep nesting neither recurses nor hangs', () => {
    const depth = 100_000;
    const mended = mendJson('{"a":['.repeat(depth));
    expect(mended?.problems).toHaveLength(1);
  });
});

test('a head is read as far as it goes', () => {
  expect(headDocument({ text: '{"trace_id": "t", "spans": [{"name": "a", "chi', complete: false })).toEqual({
    trace_id: 't',
    spans: [{ name: 'a' }],
  });
  expect(headDocument({ text: 'hello', complete: true })).toBeUndefined();
});

test('a list of any length takes linear time and little memory', async () => {
  const line = new TextEncoder().encode(`${JSON.stringify({ n: 1, text: 'x'.repeat(300) })},`);
  let sent = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('{"list":[');
    for (; sent < 50_000; sent++) yield line;
    yield new TextEncoder().encode('1]}');
  }
  let seen = 0;
  for await (const parts of readJsonDocument({ chunks: chunks(), refuse: () => {} }, ['list'])) {
    seen += parts.length;
    expect(sent - seen).toBeLessThan(1000);
  }
  expect(seen).toBe(50_001);
});
