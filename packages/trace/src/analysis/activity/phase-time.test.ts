import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import { activityOf } from './activity.ts';

const T = 1_700_000_000;

function span(id: string, fields: Partial<TraceRecord>, from: number, to: number): TraceRecord {
  return { event: 'span', run_id: 'r', span_id: id, ts: T + from, end_ts: T + to, ...fields } as TraceRecord;
}
const timeOf = (...records: TraceRecord[]) => activityOf(foldRun(records, 'r')).allocation.time!;

test('tools at once share their time, and a tool comes before a model', () => {
  // 0–2 a read alone; 2–4 read and search, 1 each; 4–6 the search; a model from 5 to 8, of which 6–8 is nobody's.
  const time = timeOf(
    span('a', { kind: 'tool', tool: 'Read' }, 0, 4),
    span('b', { kind: 'tool', tool: 'Grep' }, 2, 6),
    span('c', { kind: 'llm' }, 5, 8),
  );
  expect(time).toMatchObject({
    phaseUs: { comprehension: 3e6, navigation: 3e6, implementation: 0, testing: 0 },
    otherUs: 2e6,
    idleUs: 0,
    thinkingUs: 2e6,
    wallUs: 8e6,
  });
});

test('who waits for a subagent does nothing else: the time is what the subagent does', () => {
  const time = timeOf(
    span('task', { kind: 'tool', tool: 'Task' }, 0, 10),
    span('sub', { kind: 'agent', parent: 'task' }, 1, 9),
    span('m', { kind: 'llm', parent: 'sub' }, 1, 4),
    span('read', { kind: 'tool', tool: 'Read', parent: 'sub' }, 4, 6),
  );
  expect(time.phaseUs.comprehension).toBe(5e6);
  expect(time.otherUs).toBe(5e6);
});

test('waiting for a person is nobody’s time', () => {
  const time = timeOf(
    span('a', { kind: 'tool', tool: 'Read' }, 0, 1),
    span('b', { kind: 'tool', tool: 'Read' }, 61, 62),
  );
  expect(time).toMatchObject({ idleUs: 60e6, phaseUs: { comprehension: 2e6 } });
});

test('every moment is in one place', () => {
  const anySpan = fc.record({
    kind: fc.constantFrom('tool', 'llm', 'agent'),
    tool: fc.constantFrom('Read', 'Grep', 'Edit', 'Task', 'TodoWrite'),
    from: fc.integer({ min: 0, max: 1000 }),
    lasts: fc.integer({ min: 0, max: 500 }),
    parent: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(anySpan, { minLength: 1, maxLength: 30 }), (spans) => {
      const records = spans.map(({ kind, tool, from, lasts, parent }, at) =>
        span(`s${at}`, { kind, parent: `s${parent}`, ...(kind === 'tool' && { tool }) }, from, from + lasts),
      );
      const { time } = activityOf(foldRun(records, 'r')).allocation;
      if (time === null) return;
      const { phaseUs, otherUs, idleUs, wallUs, thinkingUs } = time;
      const worked = Object.values(phaseUs).reduce((sum, us) => sum + us, otherUs);
      expect(worked + idleUs).toBeCloseTo(wallUs, 0);
      expect(thinkingUs).toBeLessThanOrEqual(worked + 1);
      // What runs at all is measured by itself: the union of all that runs.
      const edges = spans
        .filter(({ kind }) => kind !== 'agent')
        .map(({ from, lasts }) => [from, from + lasts] as const)
        .sort(([a], [b]) => a - b);
      let [covered, until] = [0, 0];
      for (const [from, to] of edges) {
        covered += Math.max(0, to - Math.max(from, until));
        until = Math.max(until, to);
      }
      expect(worked).toBeCloseTo(covered * 1e6, 0);
    }),
  );
});
