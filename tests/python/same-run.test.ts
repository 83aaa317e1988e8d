import { join } from 'node:path';
import { RunTrace } from '@tacho/trace';
import { summaryOf } from '@tacho/trace/analysis/summary';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';
import { expect, test } from 'vitest';
import { home, python, recordsIn, withPython } from './python.ts';
import { WORK_IN_PYTHON, work } from './same-work.ts';

/** What two recordings of one work share: everything but ids, times, stacks and what is said of the process. */
function comparable(records: readonly TraceRecord[]): Record<string, unknown> {
  const run = foldRun(records);
  const { tokens, spans } = { tokens: summaryOf(run, run.lastUs).usage, spans: run.spans };
  const { argv: _, runtime: __, ...attributes } = run.attributes;
  const places = new Map(spans.map((span) => [span.spanId, placeOf(run, span)]));
  return {
    header: [run.runId, run.name, run.task, run.taskType, run.labels, run.status, run.notes],
    attributes,
    tokens,
    scores: run.scores.map(({ spanId, ...score }) => ({ ...score, of: places.get(spanId ?? '') })),
    spans: spans
      .map((span) => described(span, places))
      .sort((a, b) => (`${a.place}` < `${b.place}` ? -1 : 1)),
  };
}

function described(span: Span, places: Map<string, string>): Record<string, unknown> {
  const { spanId, parentId: _, startUs: __, endUs, firstTokenUs, error, events, links, ...rest } = span;
  return {
    ...rest,
    place: places.get(spanId),
    ended: endUs !== undefined,
    firstToken: firstTokenUs !== undefined,
    error: error && [error.type, error.message],
    events: events?.map(({ tsUs: _, ...event }) => event),
    links: links?.map(({ type, spanId: to }) => [type, places.get(to)]),
  };
}

function placeOf(run: Run, span: Span): string {
  const byId = new Map(run.spans.map((each) => [each.spanId, each]));
  const names: string[] = [];
  for (let at: Span | undefined = span; at !== undefined; at = byId.get(at.parentId ?? ''))
    names.unshift(at.name);
  return names.join(' > ');
}

withPython('the same work recorded by both recorders', () => {
  test('is the same run, ids and times aside: threads, forked and spawned processes, programs', async () => {
    const trace = new RunTrace({
      runId: 'same',
      task: 'Same work',
      taskType: 'research',
      labels: { n: 1 },
      dir: join(home, 'typescript'),
      url: false,
    });
    await work(trace);
    const expected = comparable(recordsIn(trace.path!));
    expect(expected.spans).toHaveLength(1 + 1 + 1 + 1 + 7 * 3 + 2 + 1);

    const { code, errors, records } = await python(WORK_IN_PYTHON);
    expect([code, errors]).toEqual([0, '']);
    expect(comparable(records)).toEqual(expected);
  });
});
