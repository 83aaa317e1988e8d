import { asString, type JsonValue } from '../../../model/json.ts';
import { genAiMessages, instructions } from '../messages.ts';
import {
  amount,
  count,
  type Dialect,
  json,
  type KindWord,
  kindBy,
  means,
  type Read,
  seconds,
  text,
  words,
} from './rule.ts';

/** gen_ai.operation.name. Making an agent is no run of it. */
const OPERATIONS: Record<string, KindWord> = {
  chat: { kind: 'llm' },
  generate_content: { kind: 'llm', role: 'generate_content' },
  text_completion: { kind: 'llm', role: 'text_completion' },
  embeddings: { kind: 'embedding' },
  retrieval: { kind: 'retrieval' },
  execute_tool: { kind: 'tool' },
  invoke_agent: { kind: 'agent' },
  invoke_workflow: { kind: 'agent', role: 'workflow' },
  search_memory: { kind: 'retrieval', role: 'search_memory' },
  plan: { kind: 'decision', role: 'plan' },
};

/** Names that emitters write into `gen_ai.system` and that sell no models: the provider is unknown then. */
const NO_PROVIDERS = new Set(['gcp.vertex.agent', 'langchain', 'langgraph', 'other', 'unknown', '_other']);
/** Older spellings of the standard's own list. */
const PROVIDERS: Record<string, string> = {
  vertex_ai: 'gcp.vertex_ai',
  gemini: 'gcp.gemini',
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  xai: 'x_ai',
};

export const provider: Read = (value) => {
  const name = asString(value);
  if (name === undefined || NO_PROVIDERS.has(name.toLowerCase())) return undefined;
  return Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : name;
};

const messages: Read = (value) => genAiMessages(json(value));

const documents: Read = (value) => {
  const list = json(value);
  return list === undefined ? undefined : { documents: list };
};

const query: Read = (value) => {
  const asked = asString(value);
  return asked === undefined ? undefined : { query: asked };
};

const evaluation = (pairs: readonly (readonly [string, JsonValue])[]): JsonValue | undefined => {
  const said = Object.fromEntries(pairs);
  const name = said['gen_ai.evaluation.name'];
  if (name === undefined) return undefined;
  return [
    {
      name,
      value: said['gen_ai.evaluation.score.value'] ?? null,
      label: said['gen_ai.evaluation.score.label'],
      comment: said['gen_ai.evaluation.explanation'],
    },
  ];
};

/** Google's and Amazon's servers say milliseconds where the standard says seconds; nothing takes ten minutes to begin. */
const serverFirstToken: Read = (value) => amount(value);

/** OpenTelemetry's conventions for generative AI, all four generations, and the spellings seen beside them. */
export const genAi: Dialect = {
  name: 'gen-ai',
  basis: 'subset',
  rules: [
    ['gen_ai.operation.name', 'kind', kindBy(OPERATIONS)],
    ['gen_ai.tool.name', 'guess', means('tool')],
    ['gen_ai.tool.name', 'toolName', text],
    ['gen_ai.tool.call.id', 'toolCallId', text],
    ['gen_ai.tool.call.arguments', 'inputs', json],
    ['gen_ai.tool.call.result', 'outputs', json],
    ['gen_ai.request.model', 'guess', means('llm')],
    ['gen_ai.response.model', 'responseModel', text],
    ['gen_ai.request.model', 'requestModel', text],
    ['gen_ai.provider.name', 'provider', provider],
    ['gen_ai.system', 'provider', provider],
    ['gen_ai.usage.input_tokens', 'inputTokens', count],
    ['gen_ai.usage.prompt_tokens', 'inputTokens', count],
    ['gen_ai.usage.output_tokens', 'outputTokens', count],
    ['gen_ai.usage.completion_tokens', 'outputTokens', count],
    ['gen_ai.usage.cache_read.input_tokens', 'cacheReadTokens', count],
    ['gen_ai.usage.cache_read_input_tokens', 'cacheReadTokens', count],
    ['gen_ai.usage.input_tokens.cached', 'cacheReadTokens', count],
    ['gen_ai.usage.cache_write.input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.cache_creation.input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.cache_write_input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.cache_creation_input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.input_tokens.cache_write', 'cacheWriteTokens', count],
    ['gen_ai.usage.reasoning.output_tokens', 'reasoningTokens', count],
    ['gen_ai.usage.reasoning_tokens', 'reasoningTokens', count],
    ['gen_ai.usage.output_tokens.reasoning', 'reasoningTokens', count],
    ['gen_ai.usage.total_tokens', 'totalTokens', count],
    ['gen_ai.usage.cost', 'costUsd', amount],
    ['gen_ai.usage.total_cost', 'costUsd', amount],
    ['litellm.cost.total', 'costUsd', amount],
    ['gen_ai.response.time_to_first_chunk', 'firstTokenMs', seconds],
    ['gen_ai.client.operation.time_to_first_chunk', 'firstTokenMs', seconds],
    ['gen_ai.server.time_to_first_token', 'firstTokenMs', serverFirstToken],
    ['gen_ai.input.messages', 'inputs', messages],
    ['gen_ai.retrieval.query.text', 'inputs', query],
    ['gen_ai.prompt', 'inputs', json],
    ['gen_ai.output.messages', 'outputs', messages],
    ['gen_ai.retrieval.documents', 'outputs', documents],
    ['gen_ai.completion', 'outputs', json],
    ['gen_ai.system_instructions', 'system', (value) => instructions(json(value))],
    ['gen_ai.response.id', 'responseId', text],
    ['gen_ai.response.finish_reasons', 'finishReasons', words],
    ['gen_ai.response.finish_reason', 'finishReasons', words],
    ['gen_ai.agent.name', 'agentName', text],
    ['gen_ai.conversation.id', 'sessionId', text],
    ['session.id', 'sessionId', text],
    ['user.id', 'user', text],
    ['enduser.id', 'user', text],
    ['error.type', 'errorType', text],
    ['exception.type', 'errorType', text],
    ['exception.message', 'errorMessage', text],
    ['exception.stacktrace', 'errorStack', text],
    ['deployment.environment.name', 'environment', text],
    ['deployment.environment', 'environment', text],
  ],
  gatherings: [
    {
      keys: [
        'gen_ai.evaluation.name',
        'gen_ai.evaluation.score.value',
        'gen_ai.evaluation.score.label',
        'gen_ai.evaluation.explanation',
      ],
      slot: 'scores',
      gather: evaluation,
    },
  ],
};

/** Operations whose token figures belong to another call. */
export const REPEATS_USAGE = new Set(['fetch_response']);

/** The word of an operation for one of our kinds; the writer's half of the table. */
export function operationOf(kind: string, role: string | undefined): string | undefined {
  let plain: string | undefined;
  for (const [operation, word] of Object.entries(OPERATIONS)) {
    if (word.kind !== kind) continue;
    if (word.role === role) return operation;
    if (word.role === undefined) plain = operation;
  }
  return plain;
}
