import type { JsonObject, JsonValue } from '../../../model/json.ts';
import { beside, flatList, flatMessage } from '../flattened.ts';
import { namedScore } from '../scores.ts';
import { provider } from './gen-ai.ts';
import {
  amount,
  count,
  type Dialect,
  json,
  type KindWord,
  kindRules,
  type Pair,
  type Parts,
  parsed,
  text,
} from './rule.ts';

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
    const { name, score: value, label, explanation: comment, annotator_kind: source } = one;
    return namedScore({ name, value, label, comment, source });
  });
  return scores.length === 0 ? undefined : scores;
}

/** Texts and their vectors: the texts were asked, the vectors answered. */
function embeddings(pairs: readonly Pair[]): Parts {
  const inputs: JsonValue[] = [];
  const outputs: JsonValue[] = [];
  for (const { text: asked, vector, ...more } of flatList(pairs, 'embedding')) {
    if (asked !== undefined) inputs.push(asked);
    if (Object.keys(more).length > 0) outputs.push({ ...more, ...(vector !== undefined && { vector }) });
    else if (vector !== undefined) outputs.push(vector);
  }
  return {
    inputs: inputs.length === 0 ? undefined : inputs,
    outputs: outputs.length === 0 ? undefined : { embeddings: outputs },
  };
}

/** Texts that went to a model, or came from it, without roles. */
const texts =
  (role: string, inside: string) =>
  (pairs: readonly Pair[]): JsonValue =>
    flatList(pairs, inside).map(({ text: content, ...more }) =>
      content === undefined ? { role, content: more } : beside({ role, content }, more),
    );

/** OpenInference, as Arize's instrumentations write it. Emitters differ in whether cached input is inside `prompt`. */
export const openInference: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: [
    ...kindRules('openinference.span.kind', KINDS),
    ['llm.response.model_name', 'responseModel', text],
    ['llm.model_name', 'responseModel', text],
    ['embedding.model_name', 'responseModel', text],
    ['reranker.model_name', 'responseModel', text],
    ['llm.request.model_name', 'requestModel', text],
    ['llm.provider', 'provider', provider],
    ['llm.system', 'provider', provider],
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
    ['openinference.project.name', 'project', text],
  ],
  gatherings: [
    { prefix: 'llm.input_messages.', slot: 'inputs', gather: messages },
    { prefix: 'llm.prompts.', slot: 'inputs', gather: texts('user', 'prompt') },
    { prefix: 'llm.output_messages.', slot: 'outputs', gather: messages },
    { prefix: 'embedding.embeddings.', slot: 'whole', gather: embeddings },
    { prefix: 'llm.choices.', slot: 'outputs', gather: texts('assistant', 'completion') },
    { prefix: 'retrieval.documents.', slot: 'outputs', gather: documents },
    { prefix: 'reranker.output_documents.', slot: 'outputs', gather: documents },
    { prefix: 'evaluations.', slot: 'scores', gather: evaluations },
    { prefix: 'trace.evaluations.', slot: 'scores', gather: evaluations },
  ],
};

/** Its plain inputs and outputs, which other instrumentations took over: what any dialect says in more detail wins. */
export const plainValues: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: [
    ['output.value', 'answer', text],
    ['input.value', 'inputs', json],
    ['tool.parameters', 'inputs', json],
    ['output.value', 'outputs', json],
  ],
};
