import { randomBytes } from 'node:crypto';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';

const SERIALIZERS = { json: JsonTraceSerializer, protobuf: ProtobufTraceSerializer };
const RESOURCE = {
  attributes: { 'service.name': 'bench', 'telemetry.sdk.language': 'nodejs' },
  asyncAttributesPending: false,
  getRawAttributes: () => Object.entries(RESOURCE.attributes),
  merge: () => RESOURCE,
};
const SCOPE = { name: 'bench', version: '1' };
const OPERATIONS = { agent: 'invoke_agent', llm: 'chat', tool: 'execute_tool' };

/**
 * Spans of the store's bench as OpenTelemetry's own exporters send them, with the names of its GenAI conventions.
 * @param {readonly object[]} items of `agentSpans`
 * @param {number} batch spans in one request
 * @param {number} inTrace spans in one trace
 * @param {'json' | 'protobuf'} encoding
 */
export function otlpBodies(items, batch, inTrace, encoding) {
  const bodies = [];
  let traceId = '';
  let spans = [];
  for (const [i, { span }] of items.entries()) {
    if (i % inTrace === 0) traceId = randomBytes(16).toString('hex');
    spans.push(readableSpan(span, traceId));
    if (spans.length < batch && i < items.length - 1) continue;
    bodies.push(Buffer.from(SERIALIZERS[encoding].serializeRequest(spans)));
    spans = [];
  }
  return bodies;
}

function readableSpan(span, traceId) {
  const { spanId, parentId, startUs, endUs, name } = span;
  return {
    name,
    kind: 0,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    ...(parentId !== undefined && { parentSpanContext: { traceId, spanId: parentId, traceFlags: 1 } }),
    startTime: timeOf(startUs),
    endTime: timeOf(endUs),
    duration: timeOf(endUs - startUs),
    status: { code: 1 },
    attributes: attributesOf(span),
    links: [],
    events: [],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const timeOf = (us) => [Math.floor(us / 1e6), (us % 1e6) * 1000];

function attributesOf({ kind, name, model, provider, usage, callKey, tool, inputs, outputs, attributes }) {
  const said = { 'gen_ai.operation.name': OPERATIONS[kind], ...attributes };
  if (kind === 'agent') said['gen_ai.agent.name'] = name;
  if (model !== undefined) {
    said['gen_ai.provider.name'] = provider;
    said['gen_ai.request.model'] = model;
    said['gen_ai.response.model'] = model;
    said['gen_ai.response.id'] = callKey;
    said['gen_ai.usage.input_tokens'] = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    said['gen_ai.usage.cache_read.input_tokens'] = usage.cacheReadTokens;
    said['gen_ai.usage.cache_creation.input_tokens'] = usage.cacheWriteTokens;
    said['gen_ai.usage.output_tokens'] = usage.outputTokens;
    if (outputs !== undefined) said['gen_ai.output.messages'] = JSON.stringify([outputs]);
  }
  if (tool !== undefined) {
    said['gen_ai.tool.name'] = tool.name;
    said['gen_ai.tool.call.id'] = tool.callId;
    if (inputs !== undefined) said['gen_ai.tool.call.arguments'] = JSON.stringify(inputs);
    if (outputs !== undefined) said['gen_ai.tool.call.result'] = outputs;
  }
  return said;
}
