import {
  ColumnBuilder,
  FLAG_DUPLICATE,
  FLAG_UNPRICED,
  type SpanColumns,
  type SpanRow,
} from '@tacho/trace/model/columns';
import { SPAN_KINDS, SPAN_STATUSES } from '@tacho/trace/model/span';
import fc from 'fast-check';

/** What a test says about a span; the rest is a task that took no time at 0. */
export type SpanSketch = Partial<Omit<SpanRow, 'no'>>;

/** Columns of spans that are numbered as they stand in the list. */
export function columnsFrom(sketches: readonly SpanSketch[]): SpanColumns {
  const builder = new ColumnBuilder();
  sketches.forEach((sketch, no) => {
    builder.set({
      no,
      parent: -1,
      name: `span ${no}`,
      kind: 'task',
      status: 'ok',
      startUs: 0,
      tokens: 0,
      flags: 0,
      ...sketch,
    });
  });
  return builder.columns;
}

const text = fc.constantFrom('a', 'b', 'c');
const sketch = (count: number, durations: fc.Arbitrary<number>): fc.Arbitrary<SpanSketch> =>
  fc
    .record(
      {
        // Any number may be a parent: later ones, itself, circles; -2 is missing from the run.
        parent: fc.integer({ min: -2, max: count - 1 }),
        name: text,
        kind: fc.constantFrom(...SPAN_KINDS),
        status: fc.constantFrom(...SPAN_STATUSES),
        startUs: fc.integer({ min: 0, max: 60 }),
        durationUs: fc.option(durations, { nil: undefined, freq: 6 }),
        lane: fc.option(text, { nil: undefined, freq: 1 }),
        model: fc.option(text, { nil: undefined }),
        tool: fc.option(text, { nil: undefined }),
        tokens: fc.nat(50),
        costUsd: fc.option(fc.nat(9), { nil: undefined }),
        toolUses: fc.nat(3),
        flags: fc.constantFrom(0, FLAG_UNPRICED, FLAG_DUPLICATE),
      },
      { noNullPrototype: true },
    )
    .map(({ durationUs, lane, model, tool, costUsd, ...rest }) => ({
      ...rest,
      ...(durationUs !== undefined && { endUs: rest.startUs + durationUs }),
      ...(lane !== undefined && { lane }),
      ...(model !== undefined && { model }),
      ...(tool !== undefined && { tool }),
      ...(costUsd !== undefined && { costUsd }),
    }));

/** Runs as bad as they come: orphans, circles, equal times, no durations, open ends, children outside their parents. */
export const anyColumns: fc.Arbitrary<SpanColumns> = fc
  .integer({ min: 0, max: 30 })
  .chain((count) =>
    fc.array(sketch(count, fc.integer({ min: 0, max: 40 })), { minLength: count, maxLength: count }),
  )
  .map(columnsFrom);
