import { expect, test } from 'vitest';
import {
  otlpSpan,
  runOf,
  SPAN_ID,
  spanWith,
  TRACE_ID,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const own = (fields: object): string => JSON.stringify(fields);

test('our own fields win over what the dialects say; what they do not say is the dialects’', () => {
  const span = spanWith({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'tacho.span': own({
      span_id: 'call 7',
      parent: 'agent 1',
      kind: 'decision',
      role: 'judge',
      lane: 'left',
      usage: { input_tokens: 3, cache_write_1h_tokens: 2, requests: 2 },
      end_ts: null,
      status: 'running',
    }),
  });
  expect(span).toMatchObject({
    spanId: 'call 7',
    parentId: 'agent 1',
    kind: 'decision',
    role: 'judge',
    lane: 'left',
    model: 'gpt-4o',
    usage: { inputTokens: 3, cacheWrite1hTokens: 2, requests: 2 },
  });
  expect(span.endUs).toBeUndefined();
  expect(span.attributes).toBeUndefined();
});

test('a run of ours has its id, its own start and its end', () => {
  const fields = {
    run_id: '20260410_143201_context-engineering',
    name: 'context engineering',
    ts: 1_699_999_999,
    end_ts: 1_700_000_005.5,
    status: 'error',
    error: { message: 'no space' },
    labels: { variant: 'b' },
    scores: [{ name: 'reward', value: 1 }],
    quality: [{ code: 'refused-line', count: 2 }],
    task_type: 'research',
  };
  const spans = [
    otlpSpan({}, { name: 'first' }),
    otlpSpan({}, { spanId: '00000000000000a2', parentSpanId: SPAN_ID }),
  ];
  const request = tracesRequest(spans, '', { 'service.name': 'tacho', 'tacho.run': own(fields) });
  // The same object stands in every request of the run.
  const run = runOf(request, request);
  expect(run).toMatchObject({
    runId: '20260410_143201_context-engineering',
    name: 'context engineering',
    taskType: 'research',
    startUs: 1_699_999_999_000_000,
    endUs: 1_700_000_005_500_000,
    status: 'error',
    error: { message: 'no space' },
    labels: { variant: 'b' },
    scores: [{ name: 'reward', value: 1 }],
    notes: [{ code: 'refused-line', count: 2 }],
  });
  expect(run.startEstimated).toBeUndefined();
  expect(run.attributes).toEqual({});
  expect(run.spans).toHaveLength(2);
});

test.each([
  ['no JSON', '{"span_id":'],
  ['a list', '[1]'],
  ['no record', own({ span_id: '' })],
  ['an impossible time', own({ ts: 'yesterday' })],
])('%s is an attribute like any other', (_, value) => {
  const span = spanWith({ 'gen_ai.operation.name': 'chat', 'tacho.span': value });
  expect(span).toMatchObject({ spanId: SPAN_ID, kind: 'llm', attributes: { 'tacho.span': value } });
});

test('an id that no address can name is not taken', () => {
  const run = runOf(tracesRequest([otlpSpan({})], '', { 'tacho.run': own({ run_id: '..' }) }));
  expect(run.runId).toBe(TRACE_ID);
});
