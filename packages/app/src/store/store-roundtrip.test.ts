import { columnsOf } from '@tacho/trace/model/columns';
import { emptyRun, headerOf } from '@tacho/trace/model/fold';
import type { JsonObject, JsonValue } from '@tacho/trace/model/json';
import type { Run } from '@tacho/trace/model/run';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS, type Usage } from '@tacho/trace/model/usage';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES } from '../../../../tests/store-engines.ts';
import { putWhole, summaryFor } from '../../../../tests/store-sample-run.ts';
import type { Store } from './store.ts';

/** JSON as it comes back from a text: without -0 and without what JSON cannot say. */
const json: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
/** What stages are said to have used, sensible or not. */
const measured = fc.record(
  {
    cpu_user_s: fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), json),
    cpu_system_s: fc.oneof(fc.nat(1000), json),
    max_rss_bytes: fc.oneof(fc.nat(), json),
    attempts: fc.nat(4),
    reason: fc.oneof(fc.string({ unit: 'binary' }), json),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;
const object: fc.Arbitrary<JsonObject> = fc.dictionary(fc.string(), json, {
  maxKeys: 4,
  noNullPrototype: true,
});
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'a\u0000b', '\ud800', 'ünï 🙂', "'; DROP"),
);
const time = fc.oneof(
  fc.integer({ min: 1.6e15, max: 1.9e15 }),
  fc.double({ noNaN: true, min: -1e18, max: 1e18 }),
);
const tidy = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  arbitrary.map((value) => JSON.parse(JSON.stringify(value)) as T);
const count = fc.oneof(fc.nat(), fc.double({ noNaN: true, min: 0, max: 1e300 }));

const usage: fc.Arbitrary<Usage> = fc.record(
  Object.fromEntries([...TOKEN_BUCKETS, 'requests'].map((name) => [name, count])),
) as fc.Arbitrary<unknown> as fc.Arbitrary<Usage>;

const maybe = { error: { message: text }, tool: { name: text } };

/** Spans with anything a span can say, its id and parent aside. */
const anySpan: fc.Arbitrary<Span> = tidy(
  fc.record(
    {
      spanId: text,
      name: text,
      kind: fc.constantFrom(...SPAN_KINDS),
      startUs: time,
      status: fc.constantFrom(...SPAN_STATUSES),
      role: text,
      component: text,
      lane: text,
      startEstimated: fc.constant(true as const),
      endUs: time,
      updatedUs: time,
      error: fc.record({ ...maybe.error, type: text, stack: text }, { requiredKeys: ['message'] }),
      model: text,
      provider: text,
      usage,
      placeholderOutput: fc.boolean(),
      toolUses: count,
      costUsd: fc.double({ noNaN: true, noDefaultInfinity: true }),
      priceRow: text,
      reportedCostUsd: fc.double({ noNaN: true, noDefaultInfinity: true }),
      callKey: text,
      replay: fc.boolean(),
      modelTotal: fc.constant(true as const),
      duplicateOfRun: text,
      firstTokenUs: time,
      tool: fc.record({ ...maybe.tool, callId: text, category: text }, { requiredKeys: ['name'] }),
      inputs: json,
      outputs: json,
      attributes: fc.oneof(object, measured),
      events: fc.array(
        fc.record(
          { name: text, tsUs: time, level: text, attributes: object },
          { requiredKeys: ['name', 'tsUs'] },
        ),
        { maxLength: 2 },
      ),
      links: fc.array(
        fc.record({ type: text, spanId: text, runId: text }, { requiredKeys: ['type', 'spanId'] }),
        {
          maxLength: 2,
        },
      ),
    },
    { requiredKeys: ['spanId', 'name', 'kind', 'startUs', 'status'] },
  ) as fc.Arbitrary<Span>,
);

/** Spans of a run: ids once each, parents before, after, missing, themselves, or none. */
const anySpans: fc.Arbitrary<Span[]> = fc
  .array(fc.tuple(anySpan, fc.option(fc.nat(30)), text), { maxLength: 25 })
  .map((items) =>
    items.map(([span, parent, word], no) => ({
      ...span,
      spanId: `${word}${no}`,
      ...(parent !== null && {
        parentId: parent < items.length ? `${items[parent]![2]}${parent}` : `missing-${word}`,
      }),
    })),
  );

/** The column cannot say that a cost is below zero. */
function wantedCost({ costUsd, reportedCostUsd }: Span): number {
  const known = [reportedCostUsd, costUsd].find((value) => value !== undefined && value >= 0);
  return known ?? Number.NaN;
}

function withoutPayloads(spans: readonly Span[]): Span[] {
  return spans.map(({ inputs: _, outputs: __, ...span }) => span);
}

test('random spans leave no field of a span out', () => {
  const fields = new Set<string>();
  for (const spans of fc.sample(anySpans, 60))
    for (const span of spans) for (const field in span) fields.add(field);
  expect(fields.size).toBe(32);
});

describe.each(Object.entries(ENGINES))('%s', (_, make) => {
  let store: Store;
  beforeEach(async () => {
    store = await make();
  });
  afterEach(async () => {
    await store.close();
  });

  test('a run comes back as it was put: without payloads, and with them', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(anySpans, async (spans) => {
        const run: Run = { ...emptyRun(`run ${round++}`), spans };
        await putWhole(store, run);
        expect((await store.read((reader) => reader.run(run.runId)))?.spans).toEqual(withoutPayloads(spans));
        expect(await store.read((reader) => reader.fullRun(run.runId))).toEqual(run);
        for (const [no, span] of spans.slice(0, 3).entries())
          expect(await store.read((reader) => reader.span(run.runId, no))).toEqual(span);
      }),
      { numRuns: 60 },
    );
  });

  test('columns are those of the run, also when parents come after their children', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(anySpans, fc.boolean(), async (spans, apart) => {
        const run: Run = { ...emptyRun(`run ${round++}`), spans };
        if (apart) {
          for (const item of spans.map((span, no) => ({ no, span }))) {
            await store.write(async (writer) => {
              await writer.putSpans(run.runId, [item]);
              await writer.putRun(headerOf(run), summaryFor(headerOf(run)));
            });
          }
        }
        await putWhole(store, run);
        const found = (await store.read((reader) => reader.columns(run.runId)))!;
        const wanted = columnsOf(run);
        expect(found.count).toBe(wanted.count);
        expect(found.stageUse).toEqual(wanted.stageUse);
        // A start or an end that no column holds is not among what the structure is made of.
        if (spans.every(({ startUs, endUs = startUs }) => Number.isSafeInteger(startUs) && endUs >= startUs))
          expect(found.heardUs).toEqual(wanted.heardUs);
        for (const name of ['parent', 'kind', 'status', 'flags'] as const)
          expect([...found[name]]).toEqual([...wanted[name].slice(0, wanted.count)]);
        for (const [no, span] of spans.entries())
          if (span.modelTotal) expect(found.costUsd[no]).toBe(wantedCost(span));
      }),
      { numRuns: 30 },
    );
  });
});
