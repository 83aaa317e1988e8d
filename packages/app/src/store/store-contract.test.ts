import { emptyRun } from '@tacho/trace/model/fold';
import type { JudgedFacts } from '@tacho/trace/model/judged-facts';
import { RUN_STATUSES, type Run } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';
import type { RunSummary } from '@tacho/trace/model/summary';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES } from '../../../../tests/store-engines.ts';
import { headerFor, putWhole, summaryFor } from '../../../../tests/store-sample-run.ts';
import type { SourcePosition, Store } from './store.ts';

const leaf = (spanId: string, more: Partial<Span> = {}): Span => ({
  spanId,
  name: spanId,
  kind: 'task',
  startUs: 1.7e15,
  status: 'ok',
  ...more,
});

/** What every engine behind the contract must do. */
function storeContract(engine: string, make: () => Promise<Store>): void {
  describe(`${engine} keeps the store's contract`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await make();
    });
    afterEach(async () => {
      await store.close();
    });

    test('spans are replaced by their number, and nothing is there twice', async () => {
      const run: Run = { ...emptyRun('r'), spans: [leaf('a', { status: 'unset' }), leaf('b'), leaf('c')] };
      await putWhole(store, run);
      await putWhole(store, run);
      run.spans[0] = leaf('a', { endUs: 1.7e15 + 5, outputs: { text: 'done' } });
      await store.write((writer) => writer.putSpans('r', [{ no: 0, span: run.spans[0]! }]));
      expect(await store.read((reader) => reader.fullRun('r'))).toEqual(run);
    });

    test('a span that is put several times in one write counts as it was put last', async () => {
      await putWhole(store, { ...emptyRun('r'), spans: [leaf('a', { inputs: 'first' })] });
      await store.write(async (writer) => {
        await writer.putSpans('r', [{ no: 1, span: leaf('b', { inputs: 'in', outputs: 'old' }) }]);
        await writer.putSpans('r', [{ no: 1, span: leaf('b', { outputs: 'new' }), keepPayload: true }]);
        await writer.putSpans('r', [{ no: 0, span: leaf('a', { status: 'error' }) }]);
      });
      const run = await store.read((reader) => reader.fullRun('r'));
      expect(run?.spans).toEqual([
        leaf('a', { status: 'error' }),
        leaf('b', { inputs: 'in', outputs: 'new' }),
      ]);
    });

    test('payloads that were let go stay as they are stored', async () => {
      const inputs = { prompt: 'long' };
      await putWhole(store, {
        ...emptyRun('r'),
        spans: [leaf('a', { inputs, outputs: 1 }), leaf('b', { inputs })],
      });
      await store.write((writer) =>
        writer.putSpans('r', [
          { no: 0, span: leaf('a', { status: 'error', outputs: 2 }), keepPayload: true },
          { no: 1, span: leaf('b', { status: 'error' }) },
        ]),
      );
      const run = await store.read((reader) => reader.fullRun('r'));
      expect(run?.spans).toEqual([
        leaf('a', { status: 'error', inputs, outputs: 2 }),
        leaf('b', { status: 'error' }),
      ]);
    });

    test('a write that fails leaves nothing behind, and the next one works', async () => {
      await putWhole(store, { ...emptyRun('r'), spans: [leaf('a')] });
      const failed = store.write(async (writer) => {
        await writer.putSpans('r', [{ no: 1, span: leaf('b', { inputs: 'x' }) }]);
        await writer.putRun(headerFor('new'), summaryFor(headerFor('new')));
        await writer.claimCalls('r', ['call']);
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await store.read((reader) => reader.summary('new'))).toBeUndefined();
      expect((await store.read((reader) => reader.run('r')))?.spans).toEqual([leaf('a')]);
      await putWhole(store, { ...emptyRun('other'), spans: [leaf('b', { inputs: 'x' })] });
      const owners = await store.write((writer) => writer.claimCalls('other', ['call']));
      expect(owners.get('call')).toBe('other');
      expect((await store.read((reader) => reader.fullRun('other')))?.spans).toEqual([
        leaf('b', { inputs: 'x' }),
      ]);
    });

    test('spans of a run that nobody described are refused', async () => {
      const failed = store.write((writer) => writer.putSpans('r', [{ no: 0, span: leaf('a') }]));
      await expect(failed).rejects.toThrow(/putRun/);
      expect(await store.read((reader) => reader.run('r'))).toBeUndefined();
    });

    test('a call belongs to the first run that claims it, until that run is deleted', async () => {
      await putWhole(store, { ...emptyRun('one'), spans: [] });
      await putWhole(store, { ...emptyRun('two'), spans: [] });
      const claim = (runId: string, keys: string[]): Promise<Map<string, string>> =>
        store.write((writer) => writer.claimCalls(runId, keys));
      expect(await claim('one', ['a', 'b', 'a'])).toEqual(new Map([['a', 'one'], ['b', 'one']])); // biome-ignore format: pairs
      expect(await claim('two', ['b', 'c'])).toEqual(new Map([['b', 'one'], ['c', 'two']])); // biome-ignore format: pairs
      expect(await claim('one', ['c'])).toEqual(new Map([['c', 'two']]));
      await store.write((writer) => writer.deleteRun('one'));
      expect(await claim('two', ['a'])).toEqual(new Map([['a', 'two']]));
    });

    test('runs whose calls count in another are named, the oldest first, by that very id', async () => {
      const owner = 'a "quoted" \\ id';
      const copy = (id: string, duplicateOfRun: string): Span => leaf(id, { kind: 'llm', duplicateOfRun });
      await putWhole(store, { ...emptyRun(owner), spans: [copy('a', owner)] });
      await putWhole(store, {
        ...emptyRun('late'),
        startUs: 9,
        spans: [leaf('a'), copy('b', owner), copy('c', owner)],
      });
      await putWhole(store, { ...emptyRun('early'), startUs: 2, spans: [copy('b', owner)] });
      await putWhole(store, {
        ...emptyRun('other'),
        spans: [copy('b', 'early'), leaf('c', { attributes: { duplicateOfRun: owner } })],
      });
      expect(await store.read((reader) => reader.leaningRuns(owner))).toEqual(['early', 'late']);
      expect(await store.read((reader) => reader.leaningRuns('nobody'))).toEqual([]);
    });

    test('a deleted run is gone, and payloads it shared stay with the others', async () => {
      await putWhole(store, { ...emptyRun('one'), spans: [leaf('a', { inputs: 'shared', outputs: 'own' })] });
      await putWhole(store, { ...emptyRun('two'), spans: [leaf('a', { inputs: 'shared' })] });
      await store.write((writer) => writer.deleteRun('one'));
      await store.write((writer) => writer.deleteRun('never there'));
      expect(await store.read((reader) => reader.fullRun('one'))).toBeUndefined();
      expect(await store.read((reader) => reader.columns('one'))).toBeUndefined();
      expect((await store.read((reader) => reader.fullRun('two')))?.spans[0]?.inputs).toBe('shared');
      await putWhole(store, { ...emptyRun('one'), spans: [leaf('z', { outputs: 'own' })] });
      expect((await store.read((reader) => reader.fullRun('one')))?.spans[0]?.outputs).toBe('own');
    });

    test('a long content comes back whole, is found wherever it is long, and goes with the last run that has it', async () => {
      const words = Array.from({ length: 30_000 }, (_, at) => `word${at} 😀`).join(' ');
      const inputs = { screen: words, end: [1] };
      for (const runId of ['one', 'two'])
        await putWhole(store, {
          ...emptyRun(runId),
          spans: [
            leaf('a', { inputs, outputs: words }),
            leaf('b', { outputs: words }),
            leaf('c', { outputs: 's' }),
          ],
        });
      const outputs = [words, words, 's'];
      for (const runId of ['one', 'two']) {
        const run = await store.read((reader) => reader.fullRun(runId));
        expect(run?.spans.map((span) => span.outputs)).toEqual(outputs);
        expect(run?.spans[0]?.inputs).toEqual(inputs);
      }
      const opened = await store.read((reader) => reader.span('two', 0));
      expect([opened?.inputs, opened?.outputs]).toEqual([inputs, words]);
      for (let at = 50; at < 30_000; at += 1_500) {
        const text = `WORD${at} 😀 word${at + 1} 😀`;
        const { total, found } = await store.read((reader) => reader.search(text, 10));
        expect([at, total]).toEqual([at, 6]);
        for (const { excerpt } of found) expect(excerpt).toContain(text.toLowerCase());
        const runs = await store.read((reader) => reader.runs({ search: text, contents: true }));
        expect(runs.total).toBe(2);
      }
      await store.write((writer) => writer.deleteRun('one'));
      expect((await store.read((reader) => reader.fullRun('two')))?.spans[0]?.outputs).toBe(words);
      await store.write((writer) => writer.deleteRun('two'));
      await putWhole(store, { ...emptyRun('three'), spans: [leaf('a', { outputs: words })] });
      expect((await store.read((reader) => reader.fullRun('three')))?.spans[0]?.outputs).toBe(words);
      expect((await store.read((reader) => reader.search('word7 ', 10))).total).toBe(1);
    });

    test('header and summary come back, also where they differ', async () => {
      const header = headerFor('r', { labels: { a: 'b' }, costUsd: null, attributes: { x: [1, null] } });
      const summary = summaryFor({ ...header, status: 'interrupted' }, { tokens: 5, stage: 's' });
      await store.write((writer) => writer.putRun(header, summary));
      expect(await store.read((reader) => reader.run('r'))).toEqual({ ...header, spans: [] });
      expect(await store.read((reader) => reader.summary('r'))).toEqual(summary);
      const later = { ...header, endUs: 9, status: 'ok' } as const;
      await store.write((writer) => writer.putRun(later, summaryFor(later)));
      expect(await store.read((reader) => reader.run('r'))).toEqual({ ...later, spans: [] });
      expect(await store.read((reader) => reader.summary('r'))).toEqual(summaryFor(later));
    });

    test('facts come back as they were put, whatever they say; without them the summary does', async () => {
      const text = fc.string({ unit: 'binary' });
      const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
        fc.option(of, { nil: undefined });
      const orNull = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
      const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
      const facts: fc.Arbitrary<JudgedFacts> = fc.record({
        runId: fc.constant('judged'),
        name: text,
        status: fc.constantFrom(...RUN_STATUSES),
        startUs: fc.nat(),
        durationUs: orNull(fc.nat()),
        errorType: maybe(text),
        tokens: orNull(fc.nat()),
        costUsd: orNull(number),
        unpricedCalls: fc.nat(),
        final: maybe(fc.record({ value: number, max: number, label: text }, { requiredKeys: ['value'] })),
        reward: maybe(number),
        dimensions: fc.array(
          fc.record(
            { name: text, max: number, first: orNull(number), last: orNull(number) },
            { requiredKeys: ['name', 'first', 'last'] },
          ),
        ),
        rounds: fc.nat(),
        leverage: orNull(
          fc.record({ value: number, kind: fc.constantFrom('tac' as const, 'proxy' as const) }),
        ),
        patchBytes: orNull(fc.nat()),
        filesChanged: orNull(fc.nat()),
        taskType: maybe(text),
        session: maybe(text),
        agent: maybe(text),
        model: maybe(text),
        task: maybe(text),
        taskVersion: maybe(text),
        benchmark: maybe(text),
      });
      const plain = summaryFor(headerFor('plain'));
      await store.write((writer) => writer.putRun(headerFor('plain'), plain));
      const summary = summaryFor(headerFor('judged'));
      await fc.assert(
        fc.asyncProperty(facts, async (judged) => {
          await store.write((writer) => writer.putRun(headerFor('judged'), summary, judged));
          const found: unknown[] = [];
          const use = (one: JudgedFacts | RunSummary): void => void found.push(one);
          await store.read((reader) => reader.eachJudged({}, { facts: use, summary: use }));
          expect(found).toHaveLength(2);
          expect(found).toContainEqual(judged);
          expect(found).toContainEqual(plain);
        }),
        { numRuns: 50 },
      );
    });

    test('reading goes on beside an open write and does not see it', async () => {
      await putWhole(store, { ...emptyRun('r'), spans: [leaf('a')] });
      await store.write(async (writer) => {
        await writer.putSpans('r', [{ no: 1, span: leaf('b') }]);
        await writer.deleteRun('r');
        expect((await store.read((reader) => reader.run('r')))?.spans).toEqual([leaf('a')]);
      });
      expect(await store.read((reader) => reader.run('r'))).toBeUndefined();
    });

    test('writes happen one after the other, reads of one closure see one state', async () => {
      await putWhole(store, { ...emptyRun('r'), spans: [] });
      await Promise.all(
        Array.from({ length: 20 }, (_, no) =>
          store.write(async (writer) => {
            await writer.putSpans('r', [{ no, span: leaf(`s${no}`) }]);
          }),
        ),
      );
      await store.read(async (reader) => {
        const before = (await reader.run('r'))!.spans.length;
        await store.write((writer) => writer.putSpans('r', [{ no: 20, span: leaf('late') }]));
        expect((await reader.run('r'))!.spans).toHaveLength(before);
      });
      expect((await store.read((reader) => reader.run('r')))!.spans).toHaveLength(21);
    });

    test('running runs, ids by their beginning, positions and refused lines', async () => {
      for (const [i, runId] of ['ab1', 'ab2', 'b', 'ab'].entries()) {
        const header = headerFor(runId, { startUs: 1e15 + i, status: i === 0 ? 'running' : 'ok' });
        await store.write((writer) => writer.putRun(header, summaryFor(header)));
      }
      const position: SourcePosition = {
        uri: 'file:///x',
        format: 'telemetry',
        offset: 5e9,
        size: 6e9,
        modifiedMs: 1.5,
        fingerprint: 'f',
        runIds: ['ab', 'b'],
      };
      const refused = [
        { uri: 'a', line: 3, offset: 40, reason: 'no', text: '{', refusedUs: 1e15 },
        { uri: 'b', reason: 'no', refusedUs: 2e15 },
      ];
      await store.write(async (writer) => {
        await writer.putPosition({ ...position, offset: 1 });
        await writer.putPosition({ ...position, uri: 'file:///y', runIds: [] });
        await writer.putPosition(position);
        await writer.putQuarantine(refused);
      });
      await store.write((writer) => writer.putPosition({ ...position, uri: 'file:///y', records: 7 }));
      await store.read(async (reader) => {
        expect(await reader.running()).toEqual(['ab1']);
        expect(await reader.findRuns('ab', 9)).toEqual(['ab', 'ab2', 'ab1']);
        expect(await reader.findRuns('', 2)).toEqual(['ab', 'b']);
        expect(await reader.storedRuns(['b', 'nowhere', 'ab'])).toEqual(new Set(['ab', 'b']));
        const byUri = (await reader.positions()).sort((a, b) => a.uri.localeCompare(b.uri));
        expect(byUri).toEqual([position, { ...position, uri: 'file:///y', records: 7 }]);
        expect(await reader.quarantine(1)).toEqual({ total: 2, lines: [refused[1]] });
        expect((await reader.quarantine(9)).lines).toEqual([refused[1], refused[0]]);
      });
    });
  });
}

for (const [engine, make] of Object.entries(ENGINES)) storeContract(engine, make);
