import { asCount, isObject, type JsonValue } from '../../../model/json.ts';
import {
  amount,
  count,
  type Dialect,
  json,
  kindRules,
  objectOf,
  type Parts,
  type Read,
  text,
} from './rule.ts';

/** What the provider itself said: the SDK's own counts do not tell the lifetimes of caches apart, and know no cost. */
function providerMetadata(value: JsonValue): Parts | undefined {
  // Most have neither, and some are long.
  if (typeof value === 'string' && !/"(?:ephemeral_1h_input_tokens|cost)"/.test(value)) return undefined;
  const said = objectOf(value);
  const usageOf = (provider: string): JsonValue | undefined => {
    const found = said?.[provider];
    return isObject(found) ? found.usage : undefined;
  };
  const anthropic = usageOf('anthropic');
  const created = isObject(anthropic) ? anthropic.cache_creation : undefined;
  const openRouter = usageOf('openrouter');
  return {
    cacheWrite1hTokens: isObject(created) ? asCount(created.ephemeral_1h_input_tokens) : undefined,
    costUsd: isObject(openRouter) ? amount(openRouter.cost ?? null) : undefined,
  };
}

const embedding: Read = (value) => {
  const plain = json(value);
  return plain === undefined ? undefined : { embeddings: plain };
};

/** The AI SDK's spans: what `generateText` reports is the sum of its `doGenerate` calls, so it is an agent around them. */
export const vercelAi: Dialect = {
  cache: 'inside',
  reasoning: 'inside',
  rules: [
    ...kindRules('ai.operationId', {
      'ai.generatetext': { kind: 'agent' },
      'ai.streamtext': { kind: 'agent' },
      'ai.generateobject': { kind: 'agent' },
      'ai.streamobject': { kind: 'agent' },
      'ai.generatetext.dogenerate': { kind: 'llm' },
      'ai.streamtext.dostream': { kind: 'llm' },
      'ai.generateobject.dogenerate': { kind: 'llm' },
      'ai.streamobject.dostream': { kind: 'llm' },
      'ai.embed.doembed': { kind: 'embedding' },
      'ai.embedmany.doembed': { kind: 'embedding' },
      'ai.toolcall': { kind: 'tool' },
    }),
    ['ai.toolCall.name', 'toolName', text],
    ['ai.toolCall.id', 'toolCallId', text],
    ['ai.toolCall.args', 'inputs', json],
    ['ai.toolCall.result', 'outputs', json],
    ['ai.prompt.messages', 'inputs', json],
    ['ai.prompt', 'inputs', json],
    ['ai.response.text', 'outputs', json],
    ['ai.response.object', 'outputs', json],
    ['ai.response.toolCalls', 'outputs', json],
    ['ai.response.id', 'responseId', text],
    ['ai.response.model', 'responseModel', text],
    ['ai.model.id', 'requestModel', text],
    ['ai.model.provider', 'provider', text],
    ['ai.usage.inputTokens', 'inputTokens', count],
    ['ai.usage.promptTokens', 'inputTokens', count],
    ['ai.usage.outputTokens', 'outputTokens', count],
    ['ai.usage.completionTokens', 'outputTokens', count],
    ['ai.usage.inputTokenDetails.cacheReadTokens', 'cacheReadTokens', count],
    ['ai.usage.cachedInputTokens', 'cacheReadTokens', count],
    ['ai.usage.inputTokenDetails.cacheWriteTokens', 'cacheWriteTokens', count],
    ['ai.usage.outputTokenDetails.reasoningTokens', 'reasoningTokens', count],
    ['ai.usage.reasoningTokens', 'reasoningTokens', count],
    ['ai.usage.totalTokens', 'totalTokens', count],
    ['ai.usage.tokens', 'inputTokens', count],
    ['ai.response.providerMetadata', 'parts', providerMetadata],
    ['ai.response.msToFirstChunk', 'firstTokenMs', amount],
    ['ai.stream.msToFirstChunk', 'firstTokenMs', amount],
    ['ai.telemetry.metadata.sessionId', 'sessionId', text],
    ['ai.telemetry.metadata.conversationId', 'sessionId', text],
    ['ai.telemetry.metadata.threadId', 'sessionId', text],
    ['ai.telemetry.metadata.userId', 'user', text],
    ['ai.value', 'inputs', json],
    ['ai.values', 'inputs', json],
    ['ai.embedding', 'outputs', embedding],
    ['ai.embeddings', 'outputs', embedding],
  ],
};
