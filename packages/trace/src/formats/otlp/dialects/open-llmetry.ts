import { count, type Dialect, json, kindRules, means, text } from './rule.ts';

/** llm.request.type: its spans of calls have no kind of their own. */
const REQUESTS = {
  chat: means('llm'),
  completion: means('llm', 'completion'),
  embedding: means('embedding'),
  rerank: means('retrieval', 'rerank'),
};

/** OpenLLMetry. */
export const openLlmetry: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: [
    ...kindRules('traceloop.span.kind', {
      workflow: { kind: 'agent', role: 'workflow' },
      agent: { kind: 'agent' },
      tool: { kind: 'tool' },
      task: { kind: 'task' },
    }),
    [
      'llm.request.type',
      'guess',
      (value) =>
        typeof value === 'string' && Object.hasOwn(REQUESTS, value)
          ? REQUESTS[value as keyof typeof REQUESTS](value)
          : undefined,
    ],
    ['traceloop.entity.name', 'entityName', text],
    ['traceloop.entity.input', 'inputs', json],
    ['traceloop.entity.output', 'outputs', json],
    ['traceloop.workflow.name', 'runName', text],
    ['traceloop.association.properties.session_id', 'sessionId', text],
    ['traceloop.association.properties.chat_id', 'sessionId', text],
    ['traceloop.association.properties.thread_id', 'sessionId', text],
    ['traceloop.association.properties.conversation_id', 'sessionId', text],
    ['traceloop.association.properties.user_id', 'user', text],
    ['llm.usage.prompt_tokens', 'inputTokens', count],
    ['llm.usage.completion_tokens', 'outputTokens', count],
    ['llm.usage.cache_read_input_tokens', 'cacheReadTokens', count],
    ['llm.usage.cache_creation_input_tokens', 'cacheWriteTokens', count],
  ],
};

/**
 * Its JavaScript instrumentation of Anthropic's client, at least to version 0.27: the API's figures as they came, with the
 * cached tokens beside the input, under the standard's names. The total leaves them out.
 */
export const openLlmetryAnthropic: Dialect = {
  cache: 'beside',
  reasoning: 'inside',
  scopes: ['@traceloop/instrumentation-anthropic'],
  rules: [['gen_ai.usage.input_tokens', 'inputTokens', count]],
};
