import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLORS } from './paint.ts';
import { contrast, paletteOf, parseHex } from './palette.ts';

const css = readFileSync(new URL('../ui/theme.css', import.meta.url), 'utf8');

/** The tokens of one theme, as the page would have them. */
function tokens(theme: string): (property: string) => string {
  const block = css.slice(css.indexOf(`[data-theme="${theme}"]`)).split('}', 1)[0]!;
  return (property) => new RegExp(`${property}: ([^;]+);`).exec(block)?.[1] ?? 'sans-serif';
}

describe.each(['dark', 'light'])('in the %s theme', (theme) => {
  const palette = paletteOf(tokens(theme));
  const between = (one: string, two: string): number => contrast(parseHex(one), parseHex(two));

  it('every bar stands out from the ground and from a heading by 3:1', () => {
    for (const [index, color] of COLORS.entries()) {
      expect(between(palette.solid[index]!, palette.bg), color).toBeGreaterThanOrEqual(3);
      expect(between(palette.solid[index]!, palette.panel), color).toBeGreaterThanOrEqual(3);
    }
  });

  it('names on bars and in containers can be read (4.5:1)', () => {
    for (const [index, color] of COLORS.entries()) {
      expect(between(palette.onSolid[index]!, palette.solid[index]!), color).toBeGreaterThanOrEqual(4.5);
      expect(between(palette.text, palette.body[index]!), color).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('so can names, ticks, notes and flags', () => {
    for (const ink of [palette.text, palette.mute, palette.faint, palette.accent, palette.error]) {
      expect(between(ink, palette.bg)).toBeGreaterThanOrEqual(4.5);
    }
    expect(between(palette.onAccent, palette.accent)).toBeGreaterThanOrEqual(4.5);
  });

  it('a dimmed bar steps back', () => {
    for (const index of COLORS.keys()) {
      expect(between(palette.dimSolid[index]!, palette.bg)).toBeLessThan(
        between(palette.solid[index]!, palette.bg) / 1.5,
      );
    }
  });
});

it('contrast is that of WCAG', () => {
  expect(contrast(parseHex('#000'), parseHex('#ffffff'))).toBeCloseTo(21);
  expect(contrast(parseHex('#767676'), parseHex('#fff'))).toBeCloseTo(4.54, 2);
});
