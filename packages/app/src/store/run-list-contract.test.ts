import type { RunSummary } from '@tacho/trace/model/summary';
import { RUN_SORTS, type RunQuery } from '@tacho/trace/wire/runs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../../../tests/store-engines.ts';
import { headerFor, summaryFor } from '../../../../tests/store-sample-run.ts';
import { RunQueryProblem, type Store } from './store.ts';

/** Twelve runs: every third without score and cost, every fourth failed, names not in the order of their starts. */
const RUNS: RunSummary[] = Array.from({ length: 12 }, (_, i) => {
  const header = headerFor(`run-${i}`, {
    name: `Name ${(i * 5) % 12}`,
    task: i === 4 ? 'Find 100% of the "Ünicode" \\ things' : `task ${i}`,
    taskType: i % 2 === 0 ? 'research' : 'enumerated',
    sessionId: `s${i % 3}`,
    project: i < 6 ? 'one' : 'two',
    labels: { variant: `v${i % 4}`, long: 'a=b' },
    startUs: 1.7e15 + i * 1e6,
    status: i % 4 === 0 ? 'error' : 'ok',
    costUsd: i % 3 === 0 ? null : i / 10,
  });
  return summaryFor(header, {
    agent: `agent-${i % 2}`,
    models: i === 7 ? ['claude-sonnet-4-6', 'other'] : ['other'],
    tokens: (i * 7) % 12,
    rounds: i % 3,
    errors: i % 5,
    durationUs: i * 1000,
    leverage: i % 3 === 1 ? { value: i, kind: 'proxy' } : null,
    ...(i % 3 !== 0 && { score: i / 2 }),
  });
});

describe.each(Object.entries(ENGINES))('the run list of %s', (_, make) => {
  let store: Store;
  beforeAll(async () => {
    store = await make();
    await store.write(async (writer) => {
      for (const summary of RUNS) await writer.putRun(headerFor(summary.runId), summary);
      const span = { name: 'Read', kind: 'tool' as const, startUs: 1, status: 'ok' as const };
      await writer.putSpans('run-2', [
        { no: 0, span: { ...span, spanId: 'a', outputs: 'The needle\nis "here"' } },
        { no: 1, span: { ...span, spanId: 'b', inputs: { deep: ['Another NEEDLE is "there"'] } } },
      ]);
      await writer.putSpans('run-3', [
        { no: 0, span: { ...span, spanId: 'a', attributes: { x: 'attribute-word' } } },
      ]);
    });
  });
  afterAll(() => store.close());

  const numbers = async (query: RunQuery): Promise<number[]> => {
    const list = await store.read((reader) => reader.runs(query));
    if (query.cursor === undefined && query.limit === undefined) expect(list.total).toBe(list.runs.length);
    return list.runs.map((run) => Number(run.runId.slice(4)));
  };

  test('a run that tells no time is the last of the newest, and neither since nor until any', async () => {
    const other = await make();
    const untold = summaryFor(
      headerFor('run-0', { startUs: 9.46e14, lastUs: 9.46e14, timeUntold: true, sessionId: 's' }),
    );
    const told = summaryFor(headerFor('run-1', { startUs: 1.7e15, lastUs: 1.7e15, sessionId: 's' }));
    await other.write(async (writer) => {
      for (const summary of [untold, told]) await writer.putRun(headerFor(summary.runId), summary);
    });
    const idsOf = async (query: RunQuery): Promise<string[]> =>
      (await other.read((reader) => reader.runs(query))).runs.map(({ runId }) => runId);
    expect((await other.read((reader) => reader.runs({}))).runs).toEqual([told, untold]);
    expect(await idsOf({ toUs: 1.8e15 })).toEqual(['run-1']);
    expect(await idsOf({ fromUs: 1 })).toEqual(['run-1']);
    const { sessions } = await other.read((reader) => reader.sessions({}, 1));
    expect(sessions[0]).toMatchObject({ runs: 2, fromUs: 1.7e15, toUs: 1.7e15 });
    await other.close();
  });

  test('newest first, and each summary as it was put', async () => {
    const list = await store.read((reader) => reader.runs({}));
    expect(list.runs).toEqual([...RUNS].reverse());
    expect(list.next).toBeUndefined();
  });

  test.each<[RunQuery, number[]]>([
    [{ session: 's1' }, [10, 7, 4, 1]],
    [{ project: 'one', taskType: 'research' }, [4, 2, 0]],
    [{ status: 'error' }, [8, 4, 0]],
    [{ agent: 'agent-1', minScore: 3 }, [11, 7]],
    [{ maxScore: 1 }, [2, 1]],
    [{ model: 'claude-sonnet-4-6' }, [7]],
    [{ model: 'claude-sonnet' }, []],
    [{ label: 'variant=v3' }, [11, 7, 3]],
    [{ label: 'long=a=b', session: 's0' }, [9, 6, 3, 0]],
    [{ fromUs: 1.7e15 + 3e6, toUs: 1.7e15 + 5e6 }, [5, 4, 3]],
    [{ search: 'NAME 10' }, [10, 4, 2]],
    [{ search: 'sonnet' }, [7]],
    [{ search: 'v3 two' }, [11, 7]],
    [{ search: '100% "ünicode" \\' }, [4]],
    [{ search: '   ' }, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [{ search: 'needle' }, []],
    [{ search: 'needle', contents: true }, [2]],
    [{ search: 'needle\nis "HERE"', contents: true }, [2]],
    [{ search: 'is "there"', contents: true }, [2]],
    [{ search: 'attribute-word', contents: true }, [3]],
    [{ search: 'run-5', contents: true }, [5]],
    [{ search: "'; DROP TABLE runs; --" }, []],
  ])('%o', async (query, wanted) => {
    expect(await numbers(query)).toEqual(wanted);
  });

  test('what a run does not have comes last in both directions', async () => {
    for (const descending of [false, true]) {
      expect((await numbers({ sort: 'score', descending })).slice(8).sort()).toEqual([0, 3, 6, 9]);
      expect((await numbers({ sort: 'cost', descending })).slice(8).sort()).toEqual([0, 3, 6, 9]);
    }
    expect((await numbers({ sort: 'score', descending: true })).slice(0, 3)).toEqual([11, 10, 8]);
    expect((await numbers({ sort: 'name' })).slice(0, 4)).toEqual([0, 5, 2, 7]);
  });

  test.each(RUN_SORTS)('pages by %s hold every run once, in the order of the whole list', async (sort) => {
    for (const descending of [false, true]) {
      const whole = await numbers({ sort, descending });
      const paged: number[] = [];
      let cursor: string | undefined;
      do {
        const query = { sort, descending, limit: 5, ...(cursor !== undefined && { cursor }) };
        const page = await store.read((reader) => reader.runs(query));
        expect(page.total).toBe(12);
        paged.push(...page.runs.map((run) => Number(run.runId.slice(4))));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(paged).toEqual(whole);
    }
  });

  test('a cursor that is none of ours, or of another order, is refused', async () => {
    for (const cursor of ['', 'x', Buffer.from('[1,2,3,4]').toString('base64url')])
      await expect(numbers({ cursor })).rejects.toThrow(RunQueryProblem);
    const { next } = await store.read((reader) => reader.runs({ limit: 5, sort: 'tokens' }));
    await expect(numbers({ cursor: next!, sort: 'cost' })).rejects.toThrow(RunQueryProblem);
    await expect(numbers({ cursor: next!, sort: 'tokens', descending: true })).rejects.toThrow(
      RunQueryProblem,
    );
  });
});
