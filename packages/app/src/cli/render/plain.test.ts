import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clipped, plain, plainLine, titled } from './plain.ts';

const ESC = '\u001b';

test.each([
  ['colours', `${ESC}[31mred${ESC}[0m`, 'red'],
  ['cursor', `a${ESC}[2J${ESC}[1;1Hb`, 'ab'],
  ['window title', `${ESC}]0;pwned\u0007text`, 'text'],
  ['clipboard', `${ESC}]52;c;cm0gLXJm${ESC}\\text`, 'text'],
  ['link', `${ESC}]8;;http://evil${ESC}\\click${ESC}]8;;${ESC}\\`, 'click'],
  ['device control', `${ESC}P$q"p${ESC}\\x`, 'x'],
  ['one-byte CSI', '\u009b31mred', 'red'],
  ['sequence without an end', `a${ESC}]0;forever\nnext line`, 'a\nnext line'],
  ['carriage return that overwrites', 'rm -rf\rharmless', 'rm -rf\nharmless'],
  ['backspace', 'abc\b\b\bxyz', 'abcxyz'],
  ['text direction', 'user\u202egpj.exe', 'usergpj.exe'],
  ['what is no control', 'größe → 日本 😀\tok', 'größe → 日本 😀\tok'],
])('%s cannot reach the terminal', (_, hostile, harmless) => {
  expect(plain(hostile)).toBe(harmless);
});

test('no control character ever passes, whatever is thrown at it', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(ESC, `${ESC}[`, `${ESC}]`, '\u009b', '\u0007', '\r', `${ESC}\\`, '31m', '\u202e'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = plain(pieces.join(''));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what this is about
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(plain(text)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('a line is one line, cut where it is too long', () => {
  expect(plainLine(' a\n\n b\t c ')).toBe('a b c');
  expect(clipped('Search for the top 5 context engineering techniques', 20)).toBe('Search for the to...');
  expect(clipped('short', 20)).toBe('short');
});

test('names of stages and dimensions become titles', () => {
  expect(titled('library_depth_0')).toBe('Library depth 0');
  expect(titled('depth')).toBe('Depth');
});
