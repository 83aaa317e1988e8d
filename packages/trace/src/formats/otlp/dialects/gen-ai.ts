import { asString } from '../../../model/json.ts';
import { flatMessages } from '../flattened.ts';
import { genAiMessages, instructions } from '../messages.ts';
import { EVALUATION_KEYS, evaluationScores } from '../scores.ts';
import {
  amount,
  count,
  type Dialect,
  json,
  type KindWord,
  kindRules,
  means,
  type Read,
  seconds,
  text,
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
  create_agent: { kind: 'task', role: 'create_agent' },
  // Fetches an answer that is there already: its token figures are those of the call that made it.
  fetch_response: { kind: 'task', role: 'fetch_response' },
};

/** The event with a call's messages and what else its span would say: a log, or (Strands) in the span itself. */
export const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

/** What a call of a tool is given in place of an id where it has none (Google ADK). */
const callId: Read = (value) => (value === '<not specified>' ? undefined : asString(value));

/** Names that emitters write in a provider's place and that sell no models: the provider is unknown then. */
const NO_PROVIDERS = new Set([
  'gcp.vertex.agent',
  'adk',
  'agno',
  'crewai',
  'langchain',
  'langgraph',
  'llama_index',
  'semantic_kernel',
  'strands-agents',
  'other',
  'unknown',
  '_other',
]);

export const provider: Read = (value) => {
  const name = asString(value);
  return name === undefined || NO_PROVIDERS.has(name.toLowerCase()) ? undefined : name;
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

/** Google's and Amazon's servers say milliseconds where the standard says seconds; nothing takes ten minutes to begin. */
const serverFirstToken: Read = (value) => amount(value);

/** OpenTelemetry's conventions for generative AI, all four generations, and the spellings seen beside them. */
export const genAi: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  events: [DETAILS_EVENT],
  rules: [
    ...kindRules('gen_ai.operation.name', OPERATIONS),
    ['gen_ai.tool.name', 'guess', means('tool')],
    ['gen_ai.tool.name', 'toolName', text],
    ['gen_ai.tool.call.id', 'toolCallId', callId],
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
    ['gen_ai.usage.cached_tokens', 'cacheReadTokens', count],
    ['gen_ai.usage.cache_write.input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.cache_creation.input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.cache_write_input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.cache_creation_input_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.input_tokens.cache_write', 'cacheWriteTokens', count],
    ['gen_ai.usage.reasoning.output_tokens', 'reasoningTokens', count],
    ['gen_ai.usage.reasoning_tokens', 'reasoningTokens', count],
    ['gen_ai.usage.output_tokens.reasoning', 'reasoningTokens', count],
    ['gen_ai.usage.total_tokens', 'totalTokens', count],
    ['llm.usage.total_tokens', 'totalTokens', count],
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
    ['gen_ai.system.instructions', 'system', (value) => instructions(json(value))],
    ['gen_ai.response.id', 'responseId', text],
    ['gen_ai.conversation.id', 'sessionId', text],
    ['session.id', 'sessionId', text],
    ['user.id', 'user', text],
    ['enduser.id', 'user', text],
    ['error.type', 'errorType', text],
    // By the conventions it is there only where something failed.
    ['error.type', 'failed', () => true],
    ['exception.type', 'errorType', text],
    ['exception.message', 'errorMessage', text],
    ['exception.stacktrace', 'errorStack', text],
    ['deployment.environment.name', 'environment', text],
    ['deployment.environment', 'environment', text],
  ],
  gatherings: [
    { keys: EVALUATION_KEYS, slot: 'scores', gather: evaluationScores },
    { prefix: 'gen_ai.prompt.', slot: 'inputs', gather: flatMessages },
    { prefix: 'gen_ai.completion.', slot: 'outputs', gather: flatMessages },
  ],
};

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
