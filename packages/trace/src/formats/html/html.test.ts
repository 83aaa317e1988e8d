import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRunShape, harmlessTexts, hostileTexts } from '../../../../../tests/any-run.ts';
import { fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { formatNamed } from '../index.ts';
import { THEMES } from './style.ts';
import { write } from './write.ts';

const T = 1.7e15;
const pageOf = (run: Run): string => [...write(run)].join('');
const runOf = (spans: Span[], more: Partial<Run> = {}): Run => ({
  runId: 'r',
  name: 'r',
  labels: {},
  startUs: T,
  endUs: T + 60e6,
  lastUs: T + 60e6,
  status: 'ok',
  scores: [],
  notes: [],
  attributes: {},
  spans,
  ...more,
});
const span = (spanId: string, more: Partial<Span> = {}): Span => ({
  spanId,
  name: spanId,
  kind: 'task',
  startUs: T,
  endUs: T + 1e6,
  status: 'ok',
  ...more,
});

const TAG = /<(\/?[a-z][a-z0-9]*|!doctype)((?:\s+[a-z][\w:-]*(?:="[^"<>]*")?)*)\s*\/?>/gi;
/** Attributes whose values are texts; all others are ours, to the letter. */
const TEXT_ATTRIBUTES = /(\s(?:title))="[^"]*"/g;

/** The tags of a page with their attributes and without what people read. */
function skeletonOf(page: string): string[] {
  return [...page.matchAll(TAG)].map(([tag]) => tag.replace(TEXT_ATTRIBUTES, '$1'));
}

describe('what agents wrote', () => {
  test('makes no element and no attribute: a hostile run has the skeleton of a harmless one', () => {
    fc.assert(
      fc.property(anyRunShape, hostileTexts, (shape, hostile) => {
        const page = pageOf(shape.make(hostile));
        expect(skeletonOf(page)).toEqual(skeletonOf(pageOf(shape.make(harmlessTexts))));
        // What is left between the tags holds nothing that could begin another one.
        const texts = page.replace(/<style>.*<\/style>/, '').replace(TAG, '');
        expect(texts).not.toMatch(/[<>"']/);
        expect(texts.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left
        expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 80 },
    );
  });

  test('leads nowhere but into the page, and runs nothing', () => {
    fc.assert(
      fc.property(anyRunShape, hostileTexts, (shape, hostile) => {
        const page = pageOf(shape.make(hostile));
        const tags = skeletonOf(page);
        for (const tag of tags) {
          expect(tag).not.toMatch(/^<(script|iframe|object|embed|img|link|base|form|input|button)/i);
          expect(tag).not.toMatch(/\s(on\w+|src|srcset|action|formaction|xlink:href)=/i);
          const href = /\shref="([^"]*)"/.exec(tag)?.[1];
          if (href === undefined) continue;
          expect(href).toMatch(/^#\w+$/);
          expect(page).toContain(` id="${href.slice(1)}"`);
        }
        const policy = tags.find((tag) => tag.includes('Content-Security-Policy'));
        expect(policy).toContain("default-src 'none'; style-src 'unsafe-inline'");
      }),
      { numRuns: 30 },
    );
  });
});

test('the fixture says what it cost, who worked, and what went wrong', async () => {
  const [sample] = fixturesOf('telemetry').filter(({ name }) => name === 'telemetry.jsonl');
  const reading = await readBytes(formatNamed('telemetry')!, sample!.bytes, { name: sample!.name });
  const page = pageOf([...runsOf(reading.records).values()][0]!);
  for (const words of [
    'Service map',
    '73.5\u202fk',
    'the source says $0.032',
    'by proxy',
    'pay failed',
    '8.5 of 10',
  ])
    expect(page).toContain(words);
  for (const id of [
    'timeline',
    'problems',
    'rounds',
    'stages',
    'agents',
    'models',
    'tools',
    'tokens',
    'tree',
  ])
    expect(page).toContain(`<section id="${id}">`);
});

test('a run without spans says so', () => {
  const page = pageOf(runOf([]));
  expect(page).toContain('Nothing was recorded of what this run did.');
  expect(page).not.toContain('<nav>');
});

describe('size', () => {
  test('100 000 spans with long names and payloads stay below 2 MB, and what is left out is said', () => {
    const name = `漢字<&>"'`.repeat(40);
    const spans: Span[] = [span('root', { kind: 'agent', endUs: T + 3600e6 })];
    for (let no = 0; spans.length < 100_000; no++) {
      const parentId = no % 100 === 0 ? 'root' : `a${no - (no % 100)}`;
      const startUs = T + (no * 36_000) / 1.1;
      spans.push({
        spanId: no % 100 === 0 ? `a${no}` : `s${no}`,
        parentId,
        name: `${name} ${no}`,
        kind: no % 100 === 0 ? 'agent' : no % 2 === 0 ? 'tool' : 'llm',
        startUs,
        endUs: startUs + (no % 100 === 0 ? 4e6 : 30_000),
        status: no % 50 === 3 ? 'error' : 'ok',
        ...(no % 50 === 3 && { error: { message: name } }),
        inputs: { text: name, list: [name, name, name, name] },
        outputs: name,
      });
    }
    const page = pageOf(runOf(spans, { endUs: T + 3600e6, lastUs: T + 3600e6 }));
    expect(Buffer.byteLength(page)).toBeLessThan(2e6);
    expect(page).toMatch(/<small>1\u202f000 of 100\u202f000<\/small>/);
    expect(page).toMatch(/100\u202f000 spans in [\d\u202f]+ bars/);
    expect(page).toMatch(/\+ [\d\u202f.k]+ more lanes/);
    expect(page).toContain('left out: the page holds');
    expect((page.match(/<rect class="b /g) ?? []).length).toBeLessThanOrEqual(1800);
  }, 60_000);

  test('texts of a megabyte, wherever they stand, are cut', () => {
    fc.assert(
      fc.property(anyRunShape, (shape) => {
        const long = 'x'.repeat(1e6);
        expect(pageOf(shape.make((place) => place + long)).length).toBeLessThan(300_000);
      }),
      { numRuns: 10 },
    );
  });

  test('a chain of 10 000 spans is cut at a depth that browsers can show', () => {
    const spans = Array.from({ length: 10_000 }, (_, no) =>
      span(`s${no}`, { startUs: T + no, endUs: T + 20_000 - no, ...(no > 0 && { parentId: `s${no - 1}` }) }),
    );
    const page = pageOf(runOf(spans));
    let [depth, deepest] = [0, 0];
    for (const [tag] of page.matchAll(/<\/?details\b/g)) {
      depth += tag === '<details' ? 1 : -1;
      deepest = Math.max(deepest, depth);
    }
    expect(depth).toBe(0);
    expect(deepest).toBeGreaterThan(10);
    expect(deepest).toBeLessThan(60);
    expect(page).toContain('and 1 more span, with what is below');
  });

  test('a payload that nests 100 000 deep is read no further than it is shown', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}1${']'.repeat(5000)}`);
    expect(pageOf(runOf([span('a', { inputs: deep })]))).toContain('<pre>[\n');
  });
});

test('every span has its place in the tree', () => {
  fc.assert(
    fc.property(anyRunShape, (shape) => {
      const page = pageOf(shape.make(harmlessTexts));
      const places = [...page.matchAll(/<(?:details|div class="span") id="(s\d+)"/g)].map(([, id]) => id);
      expect(new Set(places).size).toBe(shape.spans);
      expect(places).toHaveLength(shape.spans);
    }),
    { numRuns: 60 },
  );
});

test('colours are those of the dashboard', () => {
  const sheet = readFileSync(new URL('../../../../web/src/ui/theme.css', import.meta.url), 'utf8');
  for (const theme of ['light', 'dark'] as const) {
    const block = sheet.slice(sheet.indexOf(`[data-theme="${theme}"]`)).split('}', 1)[0]!;
    for (const token of THEMES[theme].split(';')) {
      const [name, value] = token.split(':');
      expect(block).toContain(`${name}: ${value};`);
    }
  }
});
