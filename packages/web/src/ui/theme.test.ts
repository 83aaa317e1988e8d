import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const sheet = readFileSync(new URL('./theme.css', import.meta.url), 'utf8');

function tokens(theme: 'dark' | 'light'): Record<string, string> {
  const block = new RegExp(`data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(sheet)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]),
  );
}

/** Relative luminance, as WCAG defines it. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each(['dark', 'light'] as const)('%s theme', (theme) => {
  const color = tokens(theme);
  const text = ['text', 'mute', 'faint', 'accent', 'link', 'ok', 'error', 'warn', 'running'];
  it.each(text.flatMap((name) => ['bg', 'panel', 'raise'].map((on) => [name, on])))(
    'text %s on %s is readable',
    (name, on) => {
      expect(contrast(color[name!]!, color[on!]!)).toBeGreaterThanOrEqual(4.5);
    },
  );
  it.each(Object.keys(color).filter((name) => name.startsWith('kind-') || name === 'focus'))(
    'bar %s stands out',
    (name) => {
      for (const on of ['bg', 'panel']) expect(contrast(color[name]!, color[on]!)).toBeGreaterThanOrEqual(3);
    },
  );
  it('keeps text on the accent readable', () => {
    expect(contrast(color['on-accent']!, color.accent!)).toBeGreaterThanOrEqual(4.5);
  });
  it('has the same tokens as the other theme', () => {
    expect(Object.keys(color).sort()).toEqual(
      Object.keys(tokens(theme === 'dark' ? 'light' : 'dark')).sort(),
    );
    expect(Object.keys(color).length).toBeGreaterThan(25);
  });
});
