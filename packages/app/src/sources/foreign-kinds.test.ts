import { expect, test } from 'vitest';
import { foreignKind } from './foreign-kinds.ts';
import { notRecognised, recognise } from './recognise.ts';

const FILES: readonly [found: string | undefined, content: unknown][] = [
  [
    'a trace as Jaeger’s interface has it',
    {
      data: [
        {
          traceID: 'ab12',
          spans: [
            { traceID: 'ab12', spanID: '01', operationName: 'chat', references: [], startTime: 1.7e15 },
          ],
          processes: { p1: { serviceName: 'agent', tags: [] } },
        },
      ],
    },
  ],
  [
    'Zipkin spans',
    [{ traceId: 'ab12', id: '01', kind: 'CLIENT', name: 'chat', localEndpoint: { serviceName: 'agent' } }],
  ],
  [
    'spans as OpenTelemetry for Python prints them',
    {
      name: 'chat',
      context: { trace_id: '0xab12', span_id: '0x01', trace_state: '[]' },
      kind: 'SpanKind.INTERNAL',
    },
  ],
  ['an export of Langfuse', { id: 't', name: 'chat', observations: [{ id: 'o', type: 'GENERATION' }] }],
  ['runs of LangSmith', { id: 'r', name: 'chat', run_type: 'llm', dotted_order: '20260101T000000' }],
  ['spans of Phoenix', { name: 'chat', span_kind: 'LLM', context: { trace_id: 'ab', span_id: '01' } }],
  ['spans of Phoenix', { name: 'chat', span_kind: 'LLM', 'context.span_id': '01' }],
  ['a trace of MLflow', { info: { request_id: 'tr-1', experiment_id: '0' }, data: { spans: [] } }],
  [undefined, { context: { user: 1 }, kind: 'x' }],
  [undefined, { station: 'harbour', observations: [{ wind: 4 }] }],
  [undefined, { info: { title: 'An interface' }, paths: {} }],
];

test.each(FILES)('%s', (found, content) => {
  for (const text of [JSON.stringify(content), JSON.stringify(content, null, 2)]) {
    expect(foreignKind(text)?.found).toBe(found);
    const head = { text, complete: true };
    expect(recognise(head)).toBeUndefined();
    const refusal = notRecognised(head);
    if (found === undefined) expect(refusal).not.toHaveProperty('advice');
    else {
      expect(refusal).toMatchObject({ found, advice: expect.stringMatching(/\.$/) });
      expect(refusal.reason).toContain(found);
    }
  }
});
