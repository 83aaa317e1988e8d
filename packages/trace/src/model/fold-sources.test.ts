import { describe, expect, test } from 'vitest';
import { foldRun } from './fold.ts';
import type { SpanRecord, TraceRecord } from './record.ts';
import type { Span } from './span.ts';

const T0 = 1_712_534_400;
const at = (seconds: number): number => (T0 + seconds) * 1e6;

/** One span as two sources tell it, in both orders. */
function bothWays(...records: Partial<SpanRecord>[]): Span[] {
  const whole = records.map((fields): SpanRecord => ({ event: 'span', span_id: 's', ...fields }));
  return [whole, whole.toReversed()].map((list) => foldRun(list, 'r').spans[0]!);
}

describe('two sources tell of one span, in any order', () => {
  test('a time that one knows stands against one that the other worked out', () => {
    const exact = { ts: T0 + 5, end_ts: T0 + 9 };
    for (const span of bothWays({ ts: T0, end_ts: T0 + 20, estimated: true }, exact))
      expect(span).toMatchObject({ startUs: at(5), endUs: at(9) });
    const [first, second] = bothWays({ ts: T0, end_ts: T0 + 20, estimated: true }, exact);
    expect([first!.startEstimated, second!.startEstimated]).toEqual([undefined, undefined]);
  });

  test('an end that only the one without times has heard of is better than none', () => {
    const [last, first] = bothWays({ ts: T0 + 5 }, { ts: T0, end_ts: T0 + 20, estimated: true });
    expect(last).toMatchObject({ startUs: at(5), endUs: at(20) });
    expect(first).toMatchObject({ startUs: at(5), endUs: at(20) });
  });

  test('estimates follow the newest', () => {
    const run = foldRun(
      [
        { event: 'span', span_id: 's', ts: T0, end_ts: T0 + 1, estimated: true },
        { event: 'span', span_id: 's', ts: T0 + 2, end_ts: T0 + 4, estimated: true },
      ],
      'r',
    );
    expect(run.spans[0]).toMatchObject({ startUs: at(2), endUs: at(4), startEstimated: true });
    expect(run.spans[0]!.attributes).toBeUndefined();
  });

  test('final counts stand against those written while the call went on', () => {
    const placeholder = { usage: { input_tokens: 10, output_tokens: 1 }, placeholder_output: true };
    const final = { usage: { input_tokens: 10, output_tokens: 500 }, placeholder_output: false };
    for (const span of bothWays(placeholder, final)) {
      expect(span.usage!.outputTokens).toBe(500);
      expect(span.placeholderOutput).toBeUndefined();
    }
  });

  test('when a call was is said by the one that knows', () => {
    const start: TraceRecord = { event: 'span_start', span_id: 's', ts: T0 };
    const call: TraceRecord = { event: 'usage', call_id: 'c', span_id: 's', request_ms: 500 };
    const later: TraceRecord = { event: 'span_start', span_id: 'later', ts: T0 + 60 };
    for (const records of [
      [call, start, { ...call, ts: T0 + 2 }, later],
      [start, { ...call, ts: T0 + 2 }, later, call],
    ]) {
      const run = foldRun(records, 'r');
      expect(run.spans.find(({ spanId }) => spanId === 'call:c')).toMatchObject({
        startUs: at(1.5),
        endUs: at(2),
      });
    }
  });

  test('the key with the request stands against the one without', () => {
    for (const span of bothWays({ call_key: 'm1' }, { call_key: 'm1|r1' }))
      expect(span.callKey).toBe('m1|r1');
    expect(bothWays({ call_key: 'm1' }, { call_key: 'm2|r1' }).map(({ callKey }) => callKey)).toEqual([
      'm2|r1',
      'm1',
    ]);
  });
});

describe('two sources tell of one run, one of them without times', () => {
  const told: TraceRecord = { event: 'run_start', ts: T0 + 60 };
  const untold: TraceRecord[] = [
    { event: 'run_update', time_untold: true },
    { event: 'span', span_id: 'a', ts: 946_684_800, end_ts: 946_684_801, estimated: true },
  ];

  test('alone, the one without times leaves it open when the run was', () => {
    expect(foldRun(untold, 'r').timeUntold).toBe(true);
    expect(foldRun([{ event: 'run_start', ts: T0, time_untold: true }], 'r').timeUntold).toBe(true);
  });

  test('in any order, the start that is told stands', () => {
    const made: TraceRecord = { event: 'run_start', ts: 946_684_800, time_untold: true };
    for (const records of [
      [told, ...untold],
      [...untold, told],
      [made, told],
      [told, made],
    ]) {
      const run = foldRun(records, 'r');
      expect(run.startUs).toBe(at(60));
      expect(run).not.toHaveProperty('timeUntold');
    }
  });
});

test('an end without a time is the end of all that is told of the run, by whomever and in any order', () => {
  const printed: TraceRecord[] = [
    { event: 'run_start', ts: T0 },
    { event: 'span', span_id: 'a', ts: T0, end_ts: T0 + 3, estimated: true },
    { event: 'run_end', status: 'ok' },
  ];
  const recorded: TraceRecord[] = [{ event: 'span', span_id: 'a', ts: T0, end_ts: T0 + 9 }];
  for (const records of [
    [...printed, ...recorded],
    [...recorded, ...printed],
  ]) {
    const run = foldRun(records, 'r');
    expect([run.status, run.endUs]).toEqual(['ok', at(9)]);
  }
  // An end that has a time stands.
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const ends: TraceRecord[] = [{ event: 'run_end', ts: T0 + 5 }, { event: 'run_end' }];
    const run = foldRun([...printed, ...recorded, ...order.map((no) => ends[no]!)], 'r');
    expect(run.endUs).toBe(at(5));
    expect(run).not.toHaveProperty('endEstimated');
  }
});
