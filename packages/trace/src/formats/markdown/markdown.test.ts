import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRunShape, hostileTexts } from '../../../../../tests/any-run.ts';
import { fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import { formatNamed } from '../index.ts';
import { inlineCode, inlineText } from './text.ts';
import { write } from './write.ts';

/** The text without fenced blocks, as CommonMark finds them. */
function withoutFences(text: string): string[] {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      if (mark === undefined) kept.push(line);
      else fence = mark;
    } else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
  }
  expect(fence).toBeUndefined();
  return kept;
}

/** A line without its code spans: a run of backticks closes at the next run of the same length. */
function withoutCode(line: string): string {
  return line.replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, 'CODE');
}

describe('what agents wrote', () => {
  test('stays in its cell, and is no markup, link, mention or reference anywhere', () => {
    fc.assert(
      fc.property(anyRunShape, hostileTexts, (shape, hostile) => {
        const text = [...write(shape.make(hostile))].join('');
        let cells: number | undefined;
        for (const line of withoutFences(text)) {
          // An escaped bar behind a backslash: parsers do not agree on what it is.
          expect(line).not.toMatch(/\\\\\|/);
          const bars = line.match(/(?<!\\)\|/g)?.length;
          if (line.startsWith('|')) cells ??= bars;
          else cells = undefined;
          expect(bars).toBe(cells);
          const outside = withoutCode(line);
          expect(outside).not.toMatch(/<[a-z/!?]|[[\]`@~_]|:\/\/|www\.|\bgh-\d|(?<!^#{0,1})#\d|&[a-z#]/i);
          expect(outside.replace(/^(- |#{1,2} )/, '')).not.toMatch(/^\s*([#>+=-]|\d+[.)]\s)/);
        }
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['plain words', '`plain words`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['a|b', '`a\\|b`'],
    ['a\\|b', '`a\\ \\|b`'],
    ['two\nlines', '`two lines`'],
    ['', ''],
  ])('%j as code is %j', (text, code) => {
    expect(inlineCode(text, 80)).toBe(code);
  });

  test.each([
    ['Map the services', 'Map the services'],
    ['Session: at 14:32', 'Session: at 14:32'],
    ['a :bug: here', '`a :bug: here`'],
    ['see https://x.example', '`see https://x.example`'],
    ['ask @someone', '`ask @someone`'],
    ['fixes GH-12', '`fixes GH-12`'],
    ['1 < 2', '`1 < 2`'],
  ])('%j in a sentence is %j', (text, inline) => {
    expect(inlineText(text, 80)).toBe(inline);
  });

  test('is cut to its limit', () => {
    expect(inlineCode('x'.repeat(1e6), 20)).toHaveLength(22);
  });
});

test('the fixture as a digest', async () => {
  const [sample] = fixturesOf('telemetry').filter(({ name }) => name === 'telemetry.jsonl');
  const reading = await readBytes(formatNamed('telemetry')!, sample!.bytes, { name: sample!.name });
  const text = [...write([...runsOf(reading.records).values()][0]!)].join('');
  expect(text.slice(0, text.indexOf('\n\nTask'))).toMatchInlineSnapshot(`
    "# Service map

    **ok** · wall time **26.2 s** (150 lines of output) · agents **5** (1 failed) · model calls **2** (20 tool calls) · tokens **73.5 k** (70 % cached) · cost **unknown** (4 calls unpriced · the source says $0.032) · score **8.5 of 10** (7.5 → 8.5) · leverage **175 k** (by proxy) · parallelism **1.8×** (over serial) · problems **1 error**"
  `);
  expect(text.match(/^## .*/gm)).toMatchInlineSnapshot(`
    [
      "## Problems",
      "## Rounds",
      "## Stages",
      "## Agents",
      "## Models",
      "## Tools",
      "## Slowest spans",
      "## Dearest spans",
      "## Tokens",
      "## Cost",
      "## What counts",
      "## Data quality",
    ]
  `);
  expect(text).toContain('| error | pay failed | TimeoutError: The agent did not answer within 9 s | 0:10 |');
  expect(text).toContain('| `r2` | 8.5 of 10 | +1 |  |');
});

test('stages have the processor’s time and memory where somebody measured them', () => {
  const span = { event: 'span', kind: 'stage', ts: 1.775e9, duration_ms: 9_000, status: 'ok' } as const;
  const attributes = { cpu_user_s: 1.5, cpu_system_s: 0.25, peak_tree_rss_bytes: 42e6 };
  const stagesOf = (...stages: object[]): string[] => {
    const records = stages.map((more, no) => ({ ...span, span_id: `s${no}`, name: `s${no}`, ...more }));
    const lines = [...write(foldRun(records as TraceRecord[], 'r'))].join('').split('\n');
    return lines.slice(lines.indexOf('## Stages')).filter((line) => line.startsWith('|'));
  };
  expect(stagesOf({ attributes }, {})).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/\| work \| CPU \| peak memory \|/),
      expect.stringMatching(/s0.*\| 1\.75.s \| 42.MB \|/),
    ]),
  );
  expect(stagesOf({})[0]).not.toContain('CPU');
});
