import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvText } from './csv.ts';

/** The cells of one line, as RFC 4180 has them. */
function cellsOf(line: string): string[] {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!,
  );
}

test('rows are lines, and what is absent is empty', () => {
  expect(
    csvText([
      ['name', 'cost'],
      ['a, "b"', null],
      ['', 1.5],
      [{ x: 1 }, true],
    ]),
  ).toBe('name,cost\r\n"a, ""b""",\r\n,1.5\r\n"{""x"":1}",true\r\n');
});

test('no text is a formula, and every number is a number', () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\u202e=1', '\u001b[2J=1'];
  for (const text of texts) expect(cellsOf(csvText([[text]]).slice(0, -2))[0], text).toMatch(/^'/);
  expect(csvText([[-5, -0.5, 1e21]])).toBe('-5,-0.5,1e+21\r\n');
  expect(csvText([['a=1', '5-3']])).toBe('a=1,5-3\r\n');
});

test('for any texts, the cells are what was put in, but for what is taken out and the mark', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab",;=+-@\n \t'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (row) => {
      const cells = cellsOf(csvText([row]).slice(0, -2));
      expect(cells).toHaveLength(row.length);
      cells.forEach((cell, at) => {
        expect(cell).not.toMatch(/^[=+\-@\t]/);
        expect(cell.replace(/^'/, '')).toBe(row[at]);
      });
    }),
  );
});
