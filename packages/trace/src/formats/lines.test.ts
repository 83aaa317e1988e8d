import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Input, Refusal } from './format.ts';
import { readJsonLines } from './json-lines.ts';
import { type Line, MAX_LINE_BYTES, parseJsonLine, readLines, salvageLine } from './lines.ts';

const encoder = new TextEncoder();

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

function inputOf(source: string | Uint8Array, options: { size?: number; live?: boolean } = {}) {
  const bytes = typeof source === 'string' ? encoder.encode(source) : source;
  const refusals: Refusal[] = [];
  const input: Input = {
    chunks: chunksOf(bytes, options.size ?? 7),
    live: options.live ?? false,
    refuse: (refusal) => refusals.push(refusal),
  };
  return { input, refusals };
}

async function linesOf(input: Input): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of readLines(input)) lines.push(...batch);
  return lines;
}

async function valuesOf(source: string | Uint8Array, options: { size?: number; live?: boolean } = {}) {
  const { input, refusals } = inputOf(source, options);
  const values: unknown[] = [];
  for await (const batch of readJsonLines(input)) values.push(...batch.map((item) => item.value));
  return { values, refusals };
}

test('lines keep their text, number and byte offset, however the source is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n\ufeff]/g, '')),
        {
          maxLength: 12,
        },
      ),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.integer({ min: 1, max: 20 }),
      async (texts, newline, closed, size) => {
        const source = texts.join(newline) + (closed ? newline : '');
        const { input, refusals } = inputOf(source, { size });
        const expected: Line[] = [];
        let offset = 0;
        texts.forEach((text, i) => {
          const whole = i < texts.length - 1 || closed;
          if (text !== '') expected.push({ text, number: i + 1, offset, whole });
          offset += encoder.encode(text + newline).length;
        });
        expect(await linesOf(input)).toEqual(expected);
        expect(refusals).toEqual([]);
      },
    ),
  );
});

test('whoever hands chunks over may use their memory again: half a line that is held is a copy', async () => {
  const source = Buffer.from('first line\nsecond line\nthird line\n');
  async function* reusing(): AsyncGenerator<Uint8Array> {
    const memory = Buffer.alloc(8);
    for (let at = 0; at < source.length; at += 8) {
      const length = source.copy(memory, 0, at, at + 8);
      yield memory.subarray(0, length);
      memory.fill('#');
    }
  }
  const lines = await linesOf({ chunks: reusing(), refuse: () => {} });
  expect(lines.map(({ text }) => text)).toEqual(['first line', 'second line', 'third line']);
});

test('a byte order mark is no part of the first line, in whatever chunks it comes', async () => {
  for (const size of [1, 2, 3, 100]) {
    const [first] = await linesOf(inputOf('\ufeff{"a":1}\n', { size }).input);
    expect(first).toMatchObject({ text: '{"a":1}', offset: 0 });
  }
});

test('bytes that are no UTF-8 are reported with their line, and the line is read', async () => {
  const bytes = new Uint8Array([
    ...encoder.encode('{"é":1}\n{"a":"'),
    0xff,
    0xe2,
    0x82,
    ...encoder.encode('"}\n{"b":"\ufffd"}\n'),
  ]);
  const { values, refusals } = await valuesOf(bytes);
  expect(values).toEqual([{ é: 1 }, { a: '\ufffd\ufffd' }, { b: '\ufffd' }]);
  expect(refusals).toMatchObject([{ line: 2, offset: 9, reason: expect.stringMatching(/not UTF-8/) }]);
});

test('UTF-16 is refused once, with advice, not line by line', async () => {
  const bytes = new Uint8Array(Buffer.from('\ufeff{"a":1}\n{"b":2}\n', 'utf16le'));
  for (const size of [1, 7, 100])
    expect(await valuesOf(bytes, { size })).toMatchObject({
      values: [],
      refusals: [{ offset: 0, reason: expect.stringMatching(/UTF-16/) }],
    });
});

test('the torn last line of a live source is waited for; a finished source tries it, and refuses it when broken', async () => {
  const torn = '{"a":1}\n{"b":';
  expect((await valuesOf(torn, { live: true })).refusals).toEqual([]);
  expect(await valuesOf(torn)).toMatchObject({
    values: [{ a: 1 }],
    refusals: [{ line: 2, offset: 8, reason: expect.stringMatching(/cut off/), text: '{"b":' }],
  });
  expect((await valuesOf('{"a":1}\n{"b":2}')).values).toEqual([{ a: 1 }, { b: 2 }]);
  expect((await valuesOf('{"a":1}\n{"b":2}', { live: true })).values).toEqual([{ a: 1 }]);
});

test('a line of 16 MB is read; one over the limit is refused with its place and skipped without being held', async () => {
  const long = `{"text":"${'x'.repeat(16 * 1024 * 1024)}"}`;
  const { values, refusals } = await valuesOf(`${long}\n{"b":2}\n`, { size: 65536 });
  expect(values).toHaveLength(2);
  expect(refusals).toEqual([]);

  const filler = new Uint8Array(1024 * 1024).fill(120);
  async function* tooLong(): AsyncGenerator<Uint8Array> {
    yield encoder.encode('{"a":1}\n');
    for (let written = 0; written <= MAX_LINE_BYTES; written += filler.length) yield filler;
    yield encoder.encode('yy\n{"b":2}\n');
  }
  const refused: Refusal[] = [];
  const read: Line[] = [];
  for await (const lines of readLines({ chunks: tooLong(), refuse: (refusal) => refused.push(refusal) }))
    read.push(...lines);
  expect(read.map((line) => line.number)).toEqual([1, 3]);
  expect(read[1]!.offset).toBe(8 + 65 * filler.length + 3);
  expect(refused).toMatchObject([
    { line: 2, offset: 8, reason: expect.stringMatching(/longer than 64 MiB/) },
  ]);
  expect(refused[0]!.text!.length).toBe(64 * 1024);
});

test('several values on a line, bare NaN and Infinity, and a torn line glued to the next writer’s first', async () => {
  const source = [
    '{"a":1}{"b":2} {"c":"}{"}',
    '{"x":NaN,"y":[-Infinity,Infinity],"z":"NaN"}',
    '{"event":"span_start","span_id":"to{"event":"span_end","span_id":"b"}',
    '{"n":17125{"event":"e"}{"f":1}',
    '{"good":true}',
    'no json at all',
    '\u0000\u0000\u0000',
    '   ',
    '{"last":[1,2,{"deep":null}]}',
  ].join('\n');
  const { values, refusals } = await valuesOf(source);
  expect(values).toEqual([
    { a: 1 },
    { b: 2 },
    { c: '}{' },
    { x: null, y: [null, null], z: 'NaN' },
    { event: 'span_end', span_id: 'b' },
    { event: 'e' },
    { f: 1 },
    { good: true },
    { last: [1, 2, { deep: null }] },
  ]);
  expect(refusals.map((refusal) => [refusal.line, refusal.reason])).toEqual([
    [3, 'not JSON: expected "," or "}", found "e" (column 38)'],
    [4, 'not JSON: expected "," or "}", found "{" (column 11)'],
    [6, 'not JSON: expected a value, found "n" (column 1)'],
    [7, 'not JSON: expected a value, found "\\u0000" (column 1)'],
  ]);
});

test('pretty-printed values are read whole, and one that is torn takes no good line with it', async () => {
  const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
  const a = { a: [1, { b: 'x"}' }], c: {} };
  const whole = await valuesOf(
    `${pretty(a)}\n${pretty([a, a])}\n{"x":1}\n${pretty({ nan: 1 }).replace('1', 'NaN')}`,
  );
  expect(whole).toEqual({ values: [a, [a, a], { x: 1 }, { nan: null }], refusals: [] });

  const torn = await valuesOf(`{"a":[\n{"x":1}\n${pretty(a).slice(0, 20)}\n{"y":2}\n${pretty(a)}`);
  expect(torn.values).toEqual([{ x: 1 }, { y: 2 }, a]);
  expect(torn.refusals.map((refusal) => refusal.line)).toEqual([1, 3]);

  const broken = await valuesOf('{\n  "a": 1\n  "b": 2,\n  "c": 3\n}\n{"y":2}\n');
  expect(broken.values).toEqual([{ y: 2 }]);
  expect(broken.refusals).toMatchObject([
    { line: 1, reason: 'not JSON: expected "," or "}", found "\\"" (line 3, column 3)' },
  ]);
});

test('an array with one element a line is read element by element', async () => {
  expect(await valuesOf('[\n{"a":1},\n{"b":2}\n]\n')).toEqual({ values: [{ a: 1 }, { b: 2 }], refusals: [] });
});

test('parseJsonLine reads one line alone: what is cut off is refused', async () => {
  const { input, refusals } = inputOf('');
  const line = (text: string): Line => ({ text, number: 4, offset: 90, whole: true });
  expect(parseJsonLine(line('{"a":1}'), input)).toEqual([{ a: 1 }]);
  expect(parseJsonLine(line('{"a":1}{"b"'), input)).toEqual([{ a: 1 }]);
  expect(parseJsonLine(line('{"a":'), input)).toEqual([]);
  expect(refusals.map(({ line, offset }) => [line, offset])).toEqual([
    [4, 90],
    [4, 90],
  ]);
});

test('any JSON value survives being printed in any way and read again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fc.constantFrom(0, 1, 2, '\t')),
      ),
      fc.integer({ min: 1, max: 64 }),
      async (items, size) => {
        const source = items.map(([value, indent]) => JSON.stringify(value, null, indent)).join('\n');
        const expected = items.map(([value, indent]) => JSON.parse(JSON.stringify(value, null, indent)));
        expect(await valuesOf(source, { size })).toEqual({ values: expected, refusals: [] });
      },
    ),
  );
});

test('what JSON.parse takes is one value; of anything else something is told', () => {
  const damaged = fc
    .tuple(
      fc.jsonValue(),
      fc.nat(200),
      fc.constantFrom('', '{', '}', '[', ']', '"', ',', ':', '\\', '1', '-', 'null', 'e', ' ', '\u0001'),
    )
    .map(([value, at, noise]) => {
      const text = JSON.stringify(value);
      return (
        text.slice(0, at % (text.length + 1)) +
        noise +
        text.slice((at % (text.length + 1)) + (noise === '' ? 1 : 0))
      );
    });
  fc.assert(
    fc.property(damaged, (text) => {
      const { values, problem, open } = salvageLine(text);
      let parsed: unknown[] | undefined;
      try {
        parsed = [JSON.parse(text)];
      } catch {
        const blank = text.trim() === '';
        const several = values.length > 1 || (values.length === 1 && /,\s*$/.test(text));
        expect(blank || several || problem !== undefined || open !== undefined).toBe(true);
        return;
      }
      expect({ values, problem, open }).toEqual({ values: parsed });
    }),
    { numRuns: 2000 },
  );
});
