import type { Span } from '@tacho/trace/model/span';
import type { RunQuery } from '@tacho/trace/wire/runs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES } from '../../../../tests/store-engines.ts';
import { headerFor, summaryFor } from '../../../../tests/store-sample-run.ts';
import type { Store } from './store.ts';

const START_US = 1.7e15;

/** A call of a tool; without `ms` it has no end. */
type Call = { tool?: string; name?: string; status?: Span['status']; ms?: number; kind?: Span['kind'] };

function spanOf({ tool, name = 'call', status = 'ok', ms, kind = 'tool' }: Call, no: number): Span {
  return {
    spanId: `s${no}`,
    name,
    kind,
    startUs: START_US,
    status,
    ...(tool !== undefined && { tool: { name: tool } }),
    ...(ms !== undefined && { endUs: START_US + ms * 1000 }),
  };
}

describe.each(Object.entries(ENGINES))('the tools of %s', (_, make) => {
  let store: Store;
  beforeEach(async () => {
    store = await make();
  });
  afterEach(() => store.close());

  async function put(runId: string, calls: readonly Call[], project = 'p'): Promise<void> {
    const header = headerFor(runId, { startUs: START_US, project });
    await store.write(async (writer) => {
      await writer.putRun(header, summaryFor(header));
      await writer.putSpans(
        runId,
        calls.map((call, no) => ({ no, span: spanOf(call, no) })),
      );
    });
  }
  const toolsOf = (query: RunQuery = {}, limit = 100) => store.read((reader) => reader.tools(query, limit));

  test('none where no tool was called', async () => {
    await put('r', [{ kind: 'llm', ms: 5 }]);
    expect(await toolsOf()).toEqual({ total: 0, tools: [] });
  });

  // Read: 10, 20, 30 and 40 ms; half of the way from 20 to 30, and 0.95 * 3 = 2.85 places: 30 + 0.85 * 10.
  test('calls, errors and times of each tool over the runs, the most used first', async () => {
    await put('a', [
      { tool: 'Bash', ms: 1000, status: 'error' },
      { tool: 'Read', ms: 10 },
      { tool: 'Read', ms: 40 },
      { tool: 'Read', status: 'unset' },
    ]);
    await put('b', [{ name: 'Read', ms: 30 }, { tool: 'Read', ms: 20, status: 'cancelled' }, { kind: 'agent', ms: 9 }]); // biome-ignore format: short
    expect(await toolsOf()).toEqual({
      total: 2,
      tools: [
        { tool: 'Read', runs: 2, calls: 5, errors: 0, errorRate: 0, cancelled: 1, open: 1, medianUs: 25_000, p95Us: 38_500, maxUs: 40_000 }, // biome-ignore format: a row
        { tool: 'Bash', runs: 1, calls: 1, errors: 1, errorRate: 1, cancelled: 0, open: 0, medianUs: 1e6, p95Us: 1e6, maxUs: 1e6 }, // biome-ignore format: a row
      ],
    });
  });

  test('only of runs that fit, only so many as are asked for; a call without an end has no time', async () => {
    await put(
      'a',
      [
        { tool: 'Read', ms: 1 },
        { tool: 'Read', ms: 1 },
        { tool: 'Bash', ms: 1 },
      ],
      'one',
    );
    await put('b', [{ tool: 'Write' }], 'two');
    expect((await toolsOf({ project: 'two' })).tools).toMatchObject([
      { tool: 'Write', calls: 1, open: 1, medianUs: null, p95Us: null, maxUs: null },
    ]);
    expect(await toolsOf({}, 1)).toMatchObject({ total: 3, tools: [{ tool: 'Read' }] });
    expect(await toolsOf({ search: 'none such' })).toEqual({ total: 0, tools: [] });
  });

  test('for any calls, the figures are those that are counted by hand', async () => {
    const call = fc.record({
      tool: fc.constantFrom('Read', 'half \ud83d', '\u0001', undefined),
      status: fc.constantFrom<Span['status'][]>('ok', 'error', 'cancelled', 'unset'),
      ms: fc.option(fc.nat({ max: 50 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(call, { maxLength: 8 }), { maxLength: 3 }), async (runs) => {
        const counted = await make();
        const before = store;
        store = counted;
        for (const [at, calls] of runs.entries())
          await put(
            `r${at}`,
            calls.map(({ status, ms, tool }) => ({
              status,
              ...(ms !== undefined && { ms }),
              ...(tool !== undefined && { tool }),
            })),
          );
        const { total, tools } = await toolsOf();
        store = before;
        await counted.close();
        // A tool without a name is called as the span is.
        const all = runs.flat().map((one) => ({ ...one, tool: one.tool ?? 'call' }));
        expect(total).toBe(new Set(all.map(({ tool }) => tool)).size);
        for (const found of tools) {
          const own = all.filter(({ tool }) => tool === found.tool);
          expect(found.calls).toBe(own.length);
          expect(found.errors).toBe(own.filter(({ status }) => status === 'error').length);
          expect(found.open).toBe(own.filter(({ ms }) => ms === undefined).length);
          const times = own.flatMap(({ ms }) => ms ?? []);
          expect(found.maxUs).toBe(times.length === 0 ? null : Math.max(...times) * 1000);
        }
      }),
      { numRuns: 15 },
    );
  });
});
