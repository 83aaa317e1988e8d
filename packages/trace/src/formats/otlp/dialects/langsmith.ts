import { asCount, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { type Dialect, kindRules, objectOf, type Parts, text } from './rule.ts';

const KINDS = {
  llm: { kind: 'llm' },
  embedding: { kind: 'embedding' },
  retriever: { kind: 'retrieval' },
  tool: { kind: 'tool' },
  chain: { kind: 'task', role: 'chain' },
  prompt: { kind: 'task', role: 'prompt' },
  parser: { kind: 'task', role: 'parser' },
} as const;

function details(input: JsonValue | undefined, output: JsonValue | undefined): Parts {
  const read = isObject(input) ? input : {};
  const made = isObject(output) ? output : {};
  return {
    cacheReadTokens: asCount(read.cache_read),
    cacheWriteTokens: asCount(read.cache_creation),
    reasoningTokens: asCount(made.reasoning),
  };
}

function usageMetadata(value: JsonValue): Parts | undefined {
  const said = objectOf(value);
  return (
    said && {
      inputTokens: asCount(said.input_tokens),
      outputTokens: asCount(said.output_tokens),
      totalTokens: asCount(said.total_tokens),
      ...details(said.input_token_details, said.output_token_details),
    }
  );
}

/** Its Python exporter writes the details as Python prints them: `{'cache_read': 1024}`. */
function pythonObject(value: JsonValue): JsonObject | undefined {
  return objectOf(typeof value === 'string' ? value.replaceAll("'", '"') : value);
}

/** LangSmith's SDKs. Counts are LangChain's: the details are inside. `session` is its word for a project. */
export const langSmith: Dialect = {
  cache: 'inside',
  reasoning: 'inside',
  rules: [
    ...kindRules('langsmith.span.kind', KINDS),
    ['langsmith.usage_metadata', 'parts', usageMetadata],
    ['gen_ai.usage.input_token_details', 'parts', (value) => details(pythonObject(value), undefined)],
    ['gen_ai.usage.output_token_details', 'parts', (value) => details(undefined, pythonObject(value))],
    ['langsmith.metadata.ls_model_name', 'requestModel', text],
    ['langsmith.metadata.ls_provider', 'provider', text],
    ['langsmith.trace.session_name', 'project', text],
    ['langsmith.metadata.thread_id', 'sessionId', text],
    ['langsmith.metadata.session_id', 'sessionId', text],
    ['langsmith.metadata.conversation_id', 'sessionId', text],
    ['langsmith.metadata.user_id', 'user', text],
  ],
};
