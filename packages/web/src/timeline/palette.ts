import { type BarColor, COLORS } from './paint.ts';

/** Opaque colours for the canvas, by theme. Mixes are computed once: filling with transparency costs twice. */
export type Palette = {
  readonly bg: string;
  readonly panel: string;
  readonly raise: string;
  readonly hover: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly mute: string;
  readonly faint: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly onAccent: string;
  readonly error: string;
  readonly focus: string;
  /** By colour of paint.ts. */
  readonly solid: readonly string[];
  /** Body of a container. */
  readonly body: readonly string[];
  readonly dimSolid: readonly string[];
  readonly dimBody: readonly string[];
  /** Text on a solid bar. */
  readonly onSolid: readonly string[];
  readonly font: string;
};

type Rgb = readonly [number, number, number];

const TOKENS = {
  bg: '--bg',
  panel: '--panel',
  raise: '--raise',
  hover: '--hover',
  line: '--line',
  lineStrong: '--line-strong',
  text: '--text',
  mute: '--mute',
  faint: '--faint',
  accent: '--accent',
  accentSoft: '--accent-soft',
  onAccent: '--on-accent',
  error: '--error',
  focus: '--focus',
} as const;

/** Shares of the kind's colour over the background. */
const BODY = 0.22;
const DIM_SOLID = 0.24;
const DIM_BODY = 0.08;

/** @param read returns a CSS custom property as `#rrggbb` */
export function paletteOf(read: (property: string) => string): Palette {
  const token = (color: BarColor): string => (color === 'error' ? '--error' : `--kind-${color}`);
  const bg = parseHex(read('--bg'));
  const bars = COLORS.map((color) => parseHex(read(token(color))));
  const inks = ['--bg', '--panel', '--text'].map((property) => parseHex(read(property)));
  const named = Object.fromEntries(
    Object.entries(TOKENS).map(([name, property]) => [name, read(property)]),
  ) as Record<keyof typeof TOKENS, string>;
  return {
    ...named,
    solid: bars.map(toHex),
    body: bars.map((color) => toHex(mix(color, bg, BODY))),
    dimSolid: bars.map((color) => toHex(mix(color, bg, DIM_SOLID))),
    dimBody: bars.map((color) => toHex(mix(color, bg, DIM_BODY))),
    onSolid: bars.map((color) => toHex(mostLegible(color, inks))),
    font: read('--font'),
  };
}

/** Custom properties of the page as the theme has them now. */
export function pageTokens(element: Element): (property: string) => string {
  const style = getComputedStyle(element);
  return (property) => style.getPropertyValue(property).trim();
}

function mostLegible(ground: Rgb, inks: readonly Rgb[]): Rgb {
  return inks.reduce((best, ink) => (contrast(ink, ground) > contrast(best, ground) ? ink : best));
}

export function parseHex(text: string): Rgb {
  const digits = text.replace('#', '');
  const long = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const value = Number.parseInt(long.slice(0, 6), 16);
  return Number.isNaN(value) ? [128, 128, 128] : [value >> 16, (value >> 8) & 255, value & 255];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function mix(color: Rgb, ground: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2): number => color[at] * share + ground[at] * (1 - share);
  return [part(0), part(1), part(2)];
}

/** Contrast as WCAG 2 defines it, 1 to 21. */
export function contrast(one: Rgb, two: Rgb): number {
  const a = luminance(one);
  const b = luminance(two);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
