import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { SpanRecord } from '../model/record.ts';
import { totalTokens } from '../model/usage.ts';
import { tokenTotals } from './token-totals.ts';

type Given = { parent: number; input: number; output: number };

/** A tree: each span hangs under one before it. */
const trees = fc.array(
  fc.record({
    parent: fc.nat(20),
    input: fc.nat(10_000),
    output: fc.nat(10_000),
  }),
  { maxLength: 20 },
);

function runOf(spans: readonly Given[]): ReturnType<typeof foldRun> {
  return foldRun(
    spans.map(
      ({ parent, input, output }, at): SpanRecord => ({
        event: 'span',
        run_id: 'r',
        span_id: `${at}`,
        ts: 1_700_000_000,
        duration_ms: 1,
        ...(at > 0 && parent % (at + 1) < at && { parent: `${parent % (at + 1)}` }),
        usage: { input_tokens: input, output_tokens: output },
      }),
    ),
  );
}

test('as many tokens as the ledger counts, none of them of an unknown kind where the source says it', () => {
  fc.assert(
    fc.property(trees, (spans) => {
      const { usage, ledger } = tokenTotals(runOf(spans));
      expect(totalTokens(usage)).toBe(totalTokens(ledger.usage));
      expect(usage.otherTokens).toBe(0);
    }),
  );
});

test('a parent’s own kinds of tokens stand for its subtree', () => {
  const { usage } = tokenTotals(
    runOf([
      { parent: 0, input: 100, output: 50 },
      { parent: 0, input: 60, output: 10 },
    ]),
  );
  expect(usage).toMatchObject({ inputTokens: 100, outputTokens: 50, otherTokens: 0 });
});

test('sums that are a little off below leave the kinds as they are', () => {
  const { usage } = tokenTotals(
    runOf([
      { parent: 0, input: 0, output: 204 },
      { parent: 0, input: 0, output: 201 },
      { parent: 1, input: 0, output: 200 },
    ]),
  );
  // 201 is taken for the sum of 200; of the 204, 3 are not explained.
  expect(usage).toMatchObject({ outputTokens: 203, otherTokens: 0 });
});

test('calls that are counted in another run are in no bucket of this one', () => {
  const run = runOf([
    { parent: 0, input: 100, output: 50 },
    { parent: 0, input: 60, output: 10 },
    { parent: 0, input: 20, output: 5 },
  ]);
  run.spans[1]!.duplicateOfRun = 'the run before';
  expect(tokenTotals(run).usage).toMatchObject({ inputTokens: 40, outputTokens: 40, otherTokens: 0 });
});

test('as many tokens as the ledger counts, whatever is counted elsewhere', () => {
  fc.assert(
    fc.property(trees, fc.array(fc.boolean(), { maxLength: 20 }), (spans, repeated) => {
      const run = runOf(spans);
      run.spans.forEach((span, no) => {
        if (repeated[no]) span.duplicateOfRun = 'another';
      });
      const { usage, ledger } = tokenTotals(run);
      expect(totalTokens(usage)).toBe(totalTokens(ledger.usage));
    }),
  );
});
