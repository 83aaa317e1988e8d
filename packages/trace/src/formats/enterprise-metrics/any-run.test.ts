import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectValidMetrics } from '../../../../../tests/metrics-schema.ts';
import { ActivityCollector } from '../../analysis/activity/activity.ts';
import { foldRun } from '../../model/fold.ts';
import type { JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { enterpriseMetricsOf } from './write.ts';

const T = 1_766_000_000;

const name = fc.oneof(
  fc.constantFrom(
    'Read',
    'Edit',
    'Write',
    'Bash',
    'Grep',
    'Task',
    'mcp__sourcegraph__keyword_search',
    '__proto__',
  ),
  fc.string(),
);
const hostile = fc.oneof(
  fc.record({ file_path: fc.constantFrom('a', './a', '__proto__', '/srv/a', '../x', '\u202e\u001b[2J') }),
  fc.record({ file_path: fc.constantFrom('a', 'b'), content: fc.string() }),
  fc.record({
    command: fc.constantFrom(
      'npm test',
      'pytest | tail',
      'make && make test',
      "sed -i 's/a/b/' a",
      'cat a > b',
      'cat <<E > b\nx\nE',
      "bash -c '",
      '$(((',
    ),
  }),
  fc.record({ command: fc.string() }),
  fc.record({ query: fc.string(), path: fc.string() }),
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
);
const anyCall = fc.record({
  event: fc.constant('span' as const),
  run_id: fc.constant('r'),
  span_id: fc.uuid(),
  parent: fc.constantFrom('agent', 'sub', undefined),
  kind: fc.constantFrom('tool', 'llm', 'agent'),
  name,
  ts: fc.integer({ min: T, max: T + 100 }),
  duration_ms: fc.integer({ min: 0, max: 90_000 }),
  status: fc.constantFrom('ok', 'error', 'cancelled', undefined),
  error: fc.constantFrom(undefined, 'SyntaxError: x', 'Exit code 1'),
  usage: fc.constantFrom(undefined, { input_tokens: 10, output_tokens: 3 }),
  inputs: hostile,
  outputs: fc.oneof(
    fc.constantFrom('1 failed, 2 passed in 0.1s', 'FAIL', 'ok  x 1s'),
    fc.jsonValue() as fc.Arbitrary<JsonValue>,
  ),
});
/** Tools have their name in `tool`; others must not, or all of them would be calls. */
const anyRecords = fc
  .uniqueArray(anyCall, { selector: ({ span_id }) => span_id, maxLength: 40 })
  .map((calls) =>
    calls.map((record): TraceRecord => {
      const known = Object.entries(record).filter(([, value]) => value !== undefined);
      const made = Object.fromEntries(known) as unknown as TraceRecord;
      return record.kind === 'tool' ? ({ ...made, tool: { name: record.name } } as TraceRecord) : made;
    }),
  );

test('any run: valid, each call in one phase, all time and all tokens in one place', () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      const document = enterpriseMetricsOf(foldRun(records, 'r'));
      expectValidMetrics(document);
      const allocation = document.time_allocation as Record<string, number>;
      const phases = ['comprehension', 'navigation', 'implementation', 'testing', 'other'];
      const sum = (unit: string): number =>
        phases.reduce((all, phase) => all + allocation[`${phase}_${unit}`]!, 0);
      expect(sum('actions')).toBe(allocation.total_actions);
      const { total_duration } = document.execution as Record<string, number>;
      if (allocation.idle_seconds !== null)
        expect(sum('seconds') + allocation.idle_seconds!).toBeCloseTo(total_duration!, 1);
      const { by_phase, total } = document.tokens as {
        by_phase: Record<string, number> | null;
        total: number;
      };
      if (by_phase !== null)
        expect(Object.values(by_phase).reduce((all, tokens) => all + tokens, 0)).toBe(total);
    }),
  );
});

test('records in any order and any portions give what the finished run gives', () => {
  fc.assert(
    fc.property(
      anyRecords.chain((records) =>
        fc.tuple(
          fc.constant(records),
          fc.shuffledSubarray(records.flatMap(inPieces), { minLength: records.length * 2 }),
          fc.integer({ min: 0, max: 80 }),
        ),
      ),
      ([records, pieces, stop]) => {
        const finished = enterpriseMetricsOf(foldRun(records, 'r'));
        const collector = new ActivityCollector('r');
        for (const [at, record] of pieces.entries()) {
          collector.onEvent(record);
          // Asking in between changes nothing.
          if (at === stop) collector.finalize();
        }
        const { run } = collector;
        const activity = collector.finalize();
        expect(enterpriseMetricsOf(run, { activity })).toEqual(finished);
      },
    ),
  );
});

/** A span in two records, as a stream tells it. */
function inPieces(record: TraceRecord): TraceRecord[] {
  const {
    event: _,
    ts = 0,
    duration_ms,
    status,
    error,
    outputs,
    usage,
    ...rest
  } = record as TraceRecord & {
    duration_ms: number;
    [field: string]: JsonValue | undefined;
  };
  const ends = {
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
    ...(outputs !== undefined && { outputs }),
    ...(usage !== undefined && { usage }),
  };
  return [
    { event: 'span_start', ts, ...rest },
    { event: 'span_end', run_id: 'r', span_id: rest.span_id as string, ts: ts + duration_ms / 1000, ...ends },
  ] as TraceRecord[];
}
