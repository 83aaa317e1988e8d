import { asCount, asString, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { parseTimestamp } from '../../../model/time.ts';
import {
  alwaysJson,
  amount,
  type Dialect,
  flag,
  json,
  kindRules,
  means,
  objectOf,
  type Parts,
  text,
} from './rule.ts';

/** `span` is not among them: the SDK writes it for everything that nobody gave a type, calls of models too (to 3.3.0). */
const TYPES = {
  generation: { kind: 'llm' },
  embedding: { kind: 'embedding' },
  agent: { kind: 'agent' },
  tool: { kind: 'tool' },
  chain: { kind: 'task', role: 'chain' },
  retriever: { kind: 'retrieval' },
  guardrail: { kind: 'evaluation', role: 'guardrail' },
  evaluator: { kind: 'evaluation' },
  event: { kind: 'task', role: 'event' },
} as const;

/** Keys of usage_details are the user's to choose; these are the ones that Langfuse's own integrations write. */
const READ = ['input_cached_tokens', 'input_cache_read', 'cache_read_input_tokens', 'input_cached', 'cached'];
const WRITTEN = ['input_cache_creation', 'cache_creation_input_tokens', 'input_cache_write'];
const REASONING = ['output_reasoning_tokens', 'output_reasoning', 'reasoning_tokens', 'reasoning'];

function firstCount(object: JsonObject, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const count = asCount(object[key]);
    if (count !== undefined) return count;
  }
  return undefined;
}

function minus(whole: number | undefined, ...parts: (number | undefined)[]): number | undefined {
  const inside = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
  return whole === undefined || inside > whole ? whole : whole - inside;
}

/** Disjoint, except where the object is OpenAI's usage as it came: its details are inside. */
function usageDetails(value: JsonValue): Parts | undefined {
  const said = objectOf(value);
  if (said === undefined) return undefined;
  const inputDetails = said.prompt_tokens_details ?? said.input_tokens_details;
  const outputDetails = said.completion_tokens_details ?? said.output_tokens_details;
  const cached = isObject(inputDetails) ? asCount(inputDetails.cached_tokens) : undefined;
  const thought = isObject(outputDetails) ? asCount(outputDetails.reasoning_tokens) : undefined;
  const fiveMinutes = asCount(said.input_cache_creation_5m);
  const hour = asCount(said.input_cache_creation_1h);
  const written = firstCount(said, WRITTEN);
  return {
    inputTokens: minus(firstCount(said, ['input', 'prompt_tokens', 'input_tokens']), cached),
    outputTokens: minus(firstCount(said, ['output', 'completion_tokens', 'output_tokens']), thought),
    cacheReadTokens: cached ?? firstCount(said, READ),
    // What was written is given without its lifetimes' parts, or with all of it in them.
    cacheWriteTokens:
      written === undefined && fiveMinutes === undefined && hour === undefined
        ? undefined
        : (written ?? 0) + (fiveMinutes ?? 0) + (hour ?? 0),
    cacheWrite1hTokens: hour,
    reasoningTokens: thought ?? firstCount(said, REASONING),
    totalTokens: firstCount(said, ['total', 'total_tokens']),
  };
}

/** The total, or the sum of the parts where there is none. */
function costDetails(value: JsonValue): Parts | undefined {
  const said = objectOf(value);
  if (said === undefined) return undefined;
  const parts = Object.values(said).flatMap((part) => {
    const usd = amount(part ?? null);
    return typeof usd === 'number' ? [usd] : [];
  });
  const sum = parts.length === 0 ? undefined : parts.reduce((all, part) => all + part, 0);
  return { costUsd: amount(said.total ?? null) ?? sum };
}

/** Langfuse's own SDKs. Its buckets are disjoint: `input` is without what came from caches, `output` without reasoning. */
export const langfuse: Dialect = {
  cache: 'beside',
  reasoning: 'beside',
  rules: [
    ...kindRules('langfuse.observation.type', TYPES),
    ['langfuse.observation.model.name', 'guess', means('llm')],
    ['langfuse.observation.model.name', 'responseModel', text],
    ['langfuse.observation.usage_details', 'parts', usageDetails],
    ['langfuse.observation.cost_details', 'parts', costDetails],
    [
      'langfuse.observation.completion_start_time',
      'firstTokenAtUs',
      (value) => parseTimestamp(alwaysJson(value)),
    ],
    ['langfuse.observation.input', 'inputs', json],
    ['langfuse.observation.output', 'outputs', json],
    [
      'langfuse.observation.level',
      'failed',
      (value) => (asString(value)?.toUpperCase() === 'ERROR' ? true : undefined),
    ],
    ['langfuse.observation.status_message', 'errorMessage', text],
    ['langfuse.session.id', 'sessionId', text],
    ['langfuse.user.id', 'user', text],
    ['langfuse.trace.name', 'runName', text],
    ['langfuse.environment', 'environment', text],
    ['langfuse.release', 'release', text],
    ['langfuse.internal.as_root', 'asRoot', flag],
  ],
};
