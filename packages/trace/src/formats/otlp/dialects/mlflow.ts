import { asCount, asNumber, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { alwaysJson, amount, type Dialect, jsonText, kindRules, type Parts } from './rule.ts';

/** Span types; users may have others. */
const TYPES = {
  llm: { kind: 'llm' },
  chat_model: { kind: 'llm' },
  agent: { kind: 'agent' },
  tool: { kind: 'tool' },
  retriever: { kind: 'retrieval' },
  reranker: { kind: 'retrieval', role: 'reranker' },
  embedding: { kind: 'embedding' },
  evaluator: { kind: 'evaluation' },
  guardrail: { kind: 'evaluation', role: 'guardrail' },
  chain: { kind: 'task', role: 'chain' },
  parser: { kind: 'task', role: 'parser' },
  memory: { kind: 'task', role: 'memory' },
  workflow: { kind: 'agent', role: 'workflow' },
} as const;

function object(value: JsonValue): JsonObject | undefined {
  const plain = alwaysJson(value);
  return isObject(plain) ? plain : undefined;
}

function tokenUsage(value: JsonValue): Parts | undefined {
  const said = object(value);
  return (
    said && {
      inputTokens: asCount(said.input_tokens),
      outputTokens: asCount(said.output_tokens),
      totalTokens: asCount(said.total_tokens),
      cacheReadTokens: asCount(said.cache_read_input_tokens),
      cacheWriteTokens: asCount(said.cache_creation_input_tokens),
    }
  );
}

function cost(value: JsonValue): Parts | undefined {
  const said = object(value);
  if (said === undefined) return undefined;
  const [input, output] = [asNumber(said.input_cost), asNumber(said.output_cost)];
  const sum = input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
  return { costUsd: amount(said.total_cost ?? null) ?? sum };
}

/**
 * MLflow Tracing: every value is JSON, texts in quotes. Its counts are what a provider's client reported: with Anthropic's
 * own client, which the format of the messages tells, what came from caches stands beside the input; else it is inside.
 */
export const mlflow: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: [
    ...kindRules('mlflow.spanType', TYPES, jsonText),
    ['mlflow.spanInputs', 'inputs', alwaysJson],
    ['mlflow.spanOutputs', 'outputs', alwaysJson],
    ['mlflow.llm.model', 'responseModel', jsonText],
    ['mlflow.llm.provider', 'provider', jsonText],
    ['mlflow.chat.tokenUsage', 'parts', tokenUsage],
    ['mlflow.message.format', 'cacheBeside', (value) => (jsonText(value) === 'anthropic' ? true : undefined)],
    ['mlflow.llm.cost', 'parts', cost],
    ['mlflow.trace.session', 'sessionId', jsonText],
    ['mlflow.trace.user', 'user', jsonText],
    ['mlflow.traceName', 'runName', jsonText],
  ],
};
