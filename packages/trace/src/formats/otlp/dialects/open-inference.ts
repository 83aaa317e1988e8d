import { asString, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { flatList, flatMessage } from '../flattened.ts';
import { amount, count, type Dialect, json, type KindWord, kindBy, type Pair, parsed, text } from './rule.ts';

const KINDS: Record<string, KindWord> = {
  llm: { kind: 'llm' },
  embedding: { kind: 'embedding' },
  chain: { kind: 'task', role: 'chain' },
  retriever: { kind: 'retrieval' },
  reranker: { kind: 'retrieval', role: 'reranker' },
  tool: { kind: 'tool' },
  agent: { kind: 'agent' },
  guardrail: { kind: 'evaluation', role: 'guardrail' },
  evaluator: { kind: 'evaluation' },
  prompt: { kind: 'task', role: 'prompt' },
};

const messages = (pairs: readonly Pair[]): JsonValue => flatList(pairs, 'message').map(flatMessage);

function documents(pairs: readonly Pair[]): JsonValue {
  const list = flatList(pairs, 'document').map((one): JsonObject => {
    const { metadata, ...more } = one;
    return metadata === undefined ? more : { ...more, metadata: parsed(metadata) };
  });
  return { documents: list };
}

function evaluations(pairs: readonly Pair[]): JsonValue | undefined {
  const scores = flatList(pairs, 'evaluation').flatMap((one) => {
    const name = asString(one.name);
    if (name === undefined) return [];
    const { label, explanation: comment, annotator_kind: source } = one;
    return [{ name, value: one.score ?? null, label, comment, source }];
  });
  return scores.length === 0 ? undefined : scores;
}

/** Texts and their vectors: the texts were asked, the vectors answered. */
const embedded =
  (part: 'text' | 'vector') =>
  (pairs: readonly Pair[]): JsonValue | undefined => {
    const found = flatList(pairs, 'embedding').flatMap((one) =>
      one[part] === undefined ? [] : [one[part]!],
    );
    return found.length === 0 ? undefined : part === 'text' ? found : { embeddings: found };
  };

const choices = (pairs: readonly Pair[]): JsonValue =>
  flatList(pairs, 'completion').map((one) => ({ role: 'assistant', content: one.text ?? one }));

const prompts = (pairs: readonly Pair[]): JsonValue =>
  flatList(pairs, 'prompt').map((one) => ({ role: 'user', content: one.text ?? one }));

/** OpenInference, as Arize's instrumentations write it. Emitters differ in whether cached input is inside `prompt`. */
export const openInference: Dialect = {
  name: 'open-inference',
  basis: 'unsaid',
  rules: [
    ['openinference.span.kind', 'kind', kindBy(KINDS)],
    ['llm.response.model_name', 'responseModel', text],
    ['llm.model_name', 'responseModel', text],
    ['embedding.model_name', 'responseModel', text],
    ['reranker.model_name', 'responseModel', text],
    ['llm.request.model_name', 'requestModel', text],
    ['llm.provider', 'provider', text],
    ['llm.system', 'provider', text],
    ['llm.token_count.prompt', 'inputTokens', count],
    ['llm.token_count.completion', 'outputTokens', count],
    ['llm.token_count.total', 'totalTokens', count],
    ['llm.token_count.prompt_details.cache_read', 'cacheReadTokens', count],
    ['llm.token_count.prompt_details.cache_write', 'cacheWriteTokens', count],
    ['llm.token_count.completion_details.reasoning', 'reasoningTokens', count],
    ['llm.cost.total', 'costUsd', amount],
    ['tool.name', 'toolName', text],
    ['tool.id', 'toolCallId', text],
    ['tool_call.id', 'toolCallId', text],
    ['llm.finish_reason', 'finishReasons', (value) => (asString(value) === undefined ? undefined : [value])],
    ['agent.name', 'agentName', text],
    ['graph.node.name', 'agentName', text],
    ['openinference.project.name', 'project', text],
  ],
  gatherings: [
    { prefix: 'llm.input_messages.', slot: 'inputs', gather: messages },
    { prefix: 'llm.prompts.', slot: 'inputs', gather: prompts },
    { prefix: 'embedding.embeddings.', slot: 'inputs', gather: embedded('text') },
    { prefix: 'llm.output_messages.', slot: 'outputs', gather: messages },
    { prefix: 'llm.choices.', slot: 'outputs', gather: choices },
    { prefix: 'retrieval.documents.', slot: 'outputs', gather: documents },
    { prefix: 'reranker.output_documents.', slot: 'outputs', gather: documents },
    { prefix: 'evaluations.', slot: 'scores', gather: evaluations },
  ],
};

/** Its plain inputs and outputs, which other instrumentations took over: what any dialect says in more detail wins. */
export const plainValues: Dialect = {
  name: 'plain-values',
  basis: 'unsaid',
  rules: [
    ['input.value', 'inputs', json],
    ['tool.parameters', 'inputs', json],
    ['output.value', 'outputs', json],
  ],
};
