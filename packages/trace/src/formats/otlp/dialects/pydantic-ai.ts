import { asString, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { eventMessages } from '../event-messages.ts';
import { genAiMessages } from '../messages.ts';
import { namedScore } from '../scores.ts';
import { amount, count, type Dialect, json, means, objectOf, type Pair, type Parts, text } from './rule.ts';

/** The list of events that the first version of its instrumentation writes in place of messages. */
function events(value: JsonValue): Parts | undefined {
  const list = json(value);
  if (!Array.isArray(list)) return undefined;
  const said = list.map((one) =>
    isObject(one) ? { name: asString(one['event.name']) ?? '', body: one } : undefined,
  );
  // One that is no message would be lost.
  if (said.some((one) => one === undefined)) return undefined;
  const { inputs, outputs, others } = eventMessages(said as { name: string; body: JsonObject }[]);
  return others.length > 0 ? undefined : { inputs, outputs };
}

const conversation = (value: JsonValue): JsonValue | undefined => genAiMessages(json(value));

/**
 * Pydantic AI. Model calls follow the GenAI conventions; what the provider itself counted stands under
 * `gen_ai.usage.details`. The span of an agent's run has the sum of its calls.
 */
export const pydanticAi: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  scopes: ['pydantic-ai'],
  rules: [
    ['events', 'whole', events],
    ['pydantic_ai.all_messages', 'inputs', conversation],
    ['all_messages_events', 'whole', (value) => ({ inputs: json(value) })],
    ['final_result', 'outputs', json],
    ['tool_arguments', 'inputs', json],
    ['tool_response', 'outputs', json],
    ['agent_name', 'guess', means('agent')],
    ['model_name', 'requestModel', text],
    ['gen_ai.usage.details.cache_read_tokens', 'cacheReadTokens', count],
    ['gen_ai.usage.details.cache_write_tokens', 'cacheWriteTokens', count],
    ['gen_ai.usage.details.reasoning_tokens', 'reasoningTokens', count],
    ['gen_ai.usage.details.thoughts_tokens', 'reasoningTokens', count],
    ['gen_ai.aggregated_usage.input_tokens', 'inputTokens', count],
    ['gen_ai.aggregated_usage.output_tokens', 'outputTokens', count],
    ['gen_ai.aggregated_usage.details.cache_read_tokens', 'cacheReadTokens', count],
    ['gen_ai.aggregated_usage.details.cache_write_tokens', 'cacheWriteTokens', count],
    ['gen_ai.aggregated_usage.details.reasoning_tokens', 'reasoningTokens', count],
  ],
  names: [
    [/^(?:agent|.+) run$/, { kind: 'agent' }],
    [/^running tool(?::|$)/, { kind: 'tool' }],
    [/^running (?:\d+ )?tools$/, { kind: 'task', role: 'tools' }],
  ],
};

/** Judgements by name: the value alone, or with its reason and its judge. */
function judgements(value: JsonValue): JsonObject[] {
  return Object.entries(objectOf(value) ?? {}).flatMap(([name, said]) => {
    if (!isObject(said)) return namedScore({ name, value: said ?? null });
    const judge = isObject(said.source) ? said.source.name : said.source;
    return namedScore({ name, value: said.value ?? null, comment: said.reason, source: judge });
  });
}

/** Pydantic Evals: a case has its scores, labels and assertions as objects by name. */
export const pydanticEvals: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  scopes: ['pydantic-evals'],
  rules: [
    ['inputs', 'inputs', json],
    ['output', 'outputs', json],
    ['case_name', 'guess', means('evaluation', 'case')],
  ],
  gatherings: [
    {
      keys: ['scores', 'labels', 'assertions'],
      slot: 'scores',
      gather: (pairs: readonly Pair[]) => {
        const scores = pairs.flatMap(([, value]) => judgements(value));
        return scores.length === 0 ? undefined : scores;
      },
    },
  ],
};

/** Logfire, around any instrumentation: a copy of a span when it begins, and what the call cost. */
export const logfire: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: [
    ['logfire.span_type', 'spanType', text],
    ['logfire.pending_parent_id', 'pendingParent', text],
    ['operation.cost', 'costUsd', amount],
  ],
};
