import { expect, test } from 'vitest';
import { fixturesOf, headOf, readBytes } from '../../../../tests/format-cases.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { detections } from './detection.ts';
import type { Format } from './format.ts';
import { FORMATS, formatNamed } from './index.ts';

const DEEP = `${'['.repeat(250)}${']'.repeat(250)}`;
/** Lines of a fixture that are tried. */
const LINES = 30;

const recognised = (text: string): Format | undefined =>
  detections(FORMATS, headOf(new TextEncoder().encode(text)))[0]?.format;

/** The lines of a format's fixtures by which alone it is recognised. */
function tellingLines(format: Format): JsonObject[] {
  return fixturesOf(format.name)
    .filter(({ name }) => /json/.test(name))
    .flatMap(({ bytes }) => bytes.toString().split('\n').slice(0, LINES))
    .filter((line) => recognised(`${line}\n`) === format)
    .map((line): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        return undefined;
      }
    })
    .filter(isObject);
}

const FORMATS_OF_LINES = FORMATS.filter((format) => format.read && tellingLines(format).length > 0);

test.each(FORMATS_OF_LINES)('a line of $name is recognised however deep a value of it nests', (format) => {
  for (const line of tellingLines(format)) {
    const before = JSON.stringify(line);
    expect(recognised(`${before.slice(0, -1)},"deep":${DEEP}}\n`), before.slice(0, 200)).toBe(format);
  }
});

test('a line that nests too deep is refused as such, alone or among others', async () => {
  const telemetry = formatNamed('telemetry')!;
  const line = `{"event":"span","run_id":"r","span_id":"s","ts":1775831521,"inputs":${DEEP}}\n`;
  expect(recognised(line)).toBe(telemetry);
  expect(recognised(line.replace('"event"', '\n  "event"'))).toBe(telemetry);
  const { records, refusals } = await readBytes(telemetry, new TextEncoder().encode(line));
  expect(records).toEqual([]);
  expect(refusals).toMatchObject([{ line: 1, reason: 'the field "inputs" nests deeper than 200 levels' }]);
});
