import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { table } from './table.ts';

const colours = picocolors.createColors(false);
const rows = [
  { id: 'run-1', name: 'a short one', tokens: 12 },
  { id: 'run-22', name: '日本語の名前はとても長い、そして続く', tokens: 1_234 },
];

const draw = (columns: number, painted = colours): string =>
  table(
    rows,
    [
      { title: 'ID', of: (row) => row.id },
      { title: 'NAME', of: (row) => row.name, shrinksTo: 10 },
      {
        title: 'TOKENS',
        of: (row) => String(row.tokens),
        right: true,
        paint: (_, text) => painted.red(text),
      },
    ],
    { columns, colours: painted },
  );

test('columns stand under their titles, numbers to the right', () => {
  const [head, first] = draw(120).split('\n');
  expect(head).toMatch(/^ID {6}NAME .* TOKENS$/);
  expect(first!.endsWith('    12')).toBe(true);
  expect(stringWidth(head!)).toBe(stringWidth(first!));
});

test('a narrow screen is not overrun: the column that may gives way, wide characters counted', () => {
  for (const columns of [30, 34, 40]) {
    for (const line of draw(columns).split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  }
  expect(draw(30)).toContain('…');
});

test('where shrinking is not enough, what may be left out is, in its order', () => {
  const wide = (title: string, leave?: number) => ({
    title,
    of: () => 'x'.repeat(10),
    ...(leave !== undefined && { leave }),
  });
  const columns = [wide('ID'), wide('SOON', 2), wide('LATER', 1), wide('KEPT')];
  const heads = (width: number): string[] =>
    table([{}], columns, { columns: width, colours }).split('\n')[0]!.split(/ +/);
  expect(heads(46)).toEqual(['ID', 'SOON', 'LATER', 'KEPT']);
  expect(heads(45)).toEqual(['ID', 'LATER', 'KEPT']);
  expect(heads(33)).toEqual(['ID', 'KEPT']);
  expect(heads(5)).toEqual(['ID', 'KEPT']);
});

test('colours do not count as width, and what agents wrote brings none of its own', () => {
  const painted = picocolors.createColors(true);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what this is about
  const stripped = draw(34, painted).replace(/\u001b\[\d+m/g, '');
  expect(stripped).toBe(draw(34));
  const hostile = table(
    [{ name: '\u001b[2J\u001b]0;x\u0007evil' }],
    [{ title: 'NAME', of: (row) => row.name }],
    {
      columns: 80,
      colours,
    },
  );
  expect(hostile).toBe('NAME\nevil\n');
});
