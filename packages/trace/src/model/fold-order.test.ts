import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf } from './columns.ts';
import { emptyRun, foldRun, RunFold } from './fold.ts';
import type { TraceRecord } from './record.ts';
import type { Run } from './run.ts';

const T0 = 1_712_534_400;
const id = fc.constantFrom('a', 'b');
const name = fc.constantFrom('x', 'y');
const ms = fc.nat(3000);
const tokens = fc.integer({ min: -1, max: 50 });

/** A stream as one program writes it: in order of time, ids used again. */
const stream: fc.Arbitrary<TraceRecord[]> = fc
  .array(
    fc.oneof(
      fc.record({ event: fc.constant('span_start' as const), span_id: id, parent: id }),
      fc.record({ event: fc.constant('span_start' as const), span_id: id }),
      fc.record({ event: fc.constant('span_end' as const), span_id: id, tokens }),
      fc.record({ event: fc.constant('span_update' as const), span_id: id, note: fc.nat(3) }),
      fc.record({ event: fc.constant('span_event' as const), span_id: id, name }),
      fc.record({ event: fc.constant('phase' as const), name, wall_ms: ms }),
      fc.record({ event: fc.constant('usage' as const), input_tokens: tokens }),
      fc.record({ event: fc.constant('score' as const), name, value: fc.nat(9) }),
    ),
    { maxLength: 14 },
  )
  .map((records) => {
    const open = new Set<unknown>();
    // Nothing is started while it goes on, and nothing ends or is told of that does not.
    const sane = (records as TraceRecord[]).filter(({ event, span_id }) => {
      if (!event.startsWith('span_')) return true;
      if ((event === 'span_start') === open.has(span_id)) return false;
      if (event === 'span_start') open.add(span_id);
      else if (event === 'span_end') open.delete(span_id);
      return true;
    });
    return sane.map((record, at) => ({ ...record, ts: T0 + at }));
  });

const copy = (run: Run): Run => JSON.parse(JSON.stringify(run)) as Run;

test('a stream that is read again from its start changes nothing', () => {
  fc.assert(
    fc.property(stream, (records) => {
      const once = foldRun(records, 'r');
      // Notes count what was read, and it was read twice.
      expect(copy({ ...foldRun([...records, ...records], 'r'), notes: [] })).toEqual(
        copy({ ...once, notes: [] }),
      );
    }),
    { numRuns: 2000 },
  );
});

test('a fold that goes on from a stored run ends where one in a single go does', () => {
  fc.assert(
    fc.property(stream, fc.nat(14), (records, cut) => {
      const first = new RunFold(emptyRun('r'));
      for (const record of records.slice(0, cut)) first.apply(record);
      const second = new RunFold(copy(first.run));
      for (const record of records.slice(cut)) second.apply(record);
      expect(copy(second.run)).toEqual(copy(foldRun(records, 'r')));
    }),
    { numRuns: 2000 },
  );
});

test('a child of a repeated id hangs under the repetition that was there when it began', () => {
  const fold = new RunFold(emptyRun('r'));
  for (const record of [
    { event: 'span_start', span_id: 'turn', ts: T0 },
    { event: 'span_start', span_id: 'first', parent: 'turn', ts: T0 + 1 },
    { event: 'span_end', span_id: 'turn', ts: T0 + 2 },
    { event: 'span_start', span_id: 'turn', ts: T0 + 3 },
    { event: 'span_start', span_id: 'second', parent: 'turn', ts: T0 + 4 },
    { event: 'span_end', span_id: 'first', parent: 'turn', ts: T0 + 5 },
  ] as TraceRecord[])
    fold.apply(record);
  expect([...columnsOf(fold.run).parent.slice(0, 4)]).toEqual([-1, 0, -1, 2]);
});
