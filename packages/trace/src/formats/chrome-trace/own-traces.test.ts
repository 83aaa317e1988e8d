import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRecord, anyTs } from '../../../../../tests/any-record.ts';
import { comparable, type Reading, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { chromeTrace } from './format.ts';
import { writeChromeTrace } from './write.ts';

function readText(text: string, chunk?: number): Promise<Reading> {
  return readBytes(chromeTrace, Buffer.from(text), { name: 'x.json', ...(chunk !== undefined && { chunk }) });
}

async function again(run: Run): Promise<Run> {
  const { records, refusals } = await readText([...writeChromeTrace(run)].join(''));
  expect(refusals).toEqual([]);
  const runs = runsOf(records);
  expect([...runs.keys()]).toEqual([run.runId]);
  return runs.get(run.runId)!;
}

test('any run, written as a trace, reads and folds back to the same run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { maxLength: 25 }), anyTs, async (records, first) => {
      const run = foldRun([{ event: 'run_start', ts: first, run_id: 'r' }, ...records]);
      expect(comparable(await again(run))).toEqual(comparable(run));
    }),
    { numRuns: 300 },
  );
});

const call: TraceRecord = {
  event: 'span',
  run_id: 'r',
  span_id: 'c',
  kind: 'llm',
  ts: 1_700_000_000,
  duration_ms: 1500,
};

describe('what a trace does not carry', () => {
  test('payloads of more than 4096 characters are left out, shorter ones come back as they were', async () => {
    const deep = { list: [{ a: 'x'.repeat(4000) }] };
    const run = foldRun([{ ...call, inputs: 'y'.repeat(5000), outputs: deep }]);
    const [span] = (await again(run)).spans;
    expect(span).not.toHaveProperty('inputs');
    expect(span?.outputs).toEqual(deep);
  });

  test('attributes come back whole, however long they are and however many', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, no) => [`a${no}`, no]));
    const run = foldRun([{ ...call, attributes: { ...many, text: 'z'.repeat(9000), deep: [[1]] } }]);
    expect((await again(run)).spans[0]?.attributes).toEqual(run.spans[0]?.attributes);
  });
});

test('a trace of ours that is cut off has no end, and its spans are read', async () => {
  const run = foldRun([
    { event: 'run_start', ts: 1_700_000_000, run_id: 'r', task: 'count' },
    call,
    { ...call, span_id: 'd', ts: 1_700_000_002 },
    { event: 'run_end', ts: 1_700_000_004, run_id: 'r', status: 'ok' },
  ]);
  const text = [...writeChromeTrace(run)].join('');
  const { records, refusals } = await readText(text.slice(0, text.indexOf('"span_id":"d"')));
  const torn = runsOf(records).get('r')!;
  expect(torn).toMatchObject({ task: 'count', status: 'running' });
  expect(torn.endUs).toBeUndefined();
  expect(torn.spans[0]).toMatchObject({ spanId: 'c', startUs: run.spans[0]!.startUs });
  expect(torn.spans).toHaveLength(1);
  expect(refusals).toHaveLength(1);
});

test('a trace of ours whose private part was stripped is read as any other, with what its slices show', async () => {
  const run = foldRun([
    { event: 'run_start', ts: 1_700_000_000, run_id: 'r', name: 'count' },
    { event: 'span', span_id: 'a', kind: 'agent', name: 'lead', ts: 1_700_000_000, duration_ms: 5000 },
    { ...call, parent: 'a', ts: 1_700_000_001, model: 'm', usage: { input_tokens: 5, output_tokens: 2 } },
  ]);
  const trace = JSON.parse([...writeChromeTrace(run)].join('')) as { traceEvents: object[]; tacho?: object };
  delete trace.tacho;
  for (const event of trace.traceEvents as { tacho?: object }[]) delete event.tacho;
  const { records } = await readText(JSON.stringify(trace));
  const read = runsOf(records).get('r')!;
  expect(read.startUs).toBe(run.startUs);
  const lead = read.spans.find((span) => span.name === 'lead')!;
  expect(lead.kind).toBe('agent');
  expect(read.spans.find((span) => span.kind === 'llm')).toMatchObject({
    parentId: lead.spanId,
    model: 'm',
    usage: { inputTokens: 5, outputTokens: 2 },
    startUs: run.spans[1]!.startUs,
    endUs: run.spans[1]!.endUs,
  });
});
