import { asCount, asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { UsageFields } from '../../model/record.ts';

/** What `usage_metadata` says: tokens in disjoint buckets, and the source's own figure of the cost. */
export type StatedUsage = {
  usage?: UsageFields;
  costUsd?: number;
  /** The stated total and the sum of the parts, where they differ. */
  deviation?: string;
};

/** The names of each figure, the seed's first. */
const NAMES = {
  total: ['total_tokens', 'totalTokens', 'total_token_count'],
  cost: ['estimated_cost', 'estimatedCost', 'total_cost', 'total_cost_usd', 'cost_usd', 'cost'],
  input: ['input_tokens', 'prompt_tokens', 'totalPromptTokens', 'promptTokens', 'prompt_token_count'],
  output: [
    'output_tokens',
    'completion_tokens',
    'totalCompletionTokens',
    'completionTokens',
    'candidates_token_count',
  ],
} as const;
/** Shares of the input and of the output, in the objects that hold them. */
const READ = ['cache_read', 'cached_tokens', 'cached'];
const WRITTEN = ['cache_creation', 'cache_write'];
const REASONING = ['reasoning', 'reasoning_tokens'];

/**
 * The seed knows a total and a cost. Where input and output are told apart, caches are shares of the input and reasoning is
 * one of the output (the shape of LangChain's messages); what the total has beyond them is of unknown kind. A figure that
 * is less than its shares says nothing.
 */
export function statedUsage(value: JsonValue | undefined): StatedUsage {
  if (!isObject(value)) return {};
  const total = first(value, NAMES.total);
  const input = first(value, NAMES.input);
  const output = first(value, NAMES.output);
  const cost = NAMES.cost.map((name) => asNumber(value[name])).find((found) => found !== undefined);
  const stated: StatedUsage = { ...(cost !== undefined && cost >= 0 && { costUsd: cost }) };
  if (total === undefined && input === undefined && output === undefined) return stated;
  const known = (input ?? 0) + (output ?? 0);
  if (total !== undefined && total < known)
    stated.deviation = `total_tokens ${total}, input and output ${known}`;
  stated.usage = {
    ...inputBuckets(input, value),
    ...outputBuckets(output, value),
    ...(total !== undefined &&
      (total > known || known === 0) && { other_tokens: Math.max(0, total - known) }),
    // It is not said how many requests they are the sum of.
    requests: 0,
  };
  return stated;
}

function first(value: JsonObject, names: readonly string[]): number | undefined {
  return names.map((name) => asCount(value[name])).find((found) => found !== undefined);
}

function inputBuckets(input: number | undefined, value: JsonObject): UsageFields {
  if (input === undefined) return {};
  const details = value.input_token_details ?? value.input_tokens_details ?? value.prompt_tokens_details;
  const read = share(details, READ);
  const written = share(details, WRITTEN);
  if (read + written > input) return { input_tokens: input };
  return {
    input_tokens: input - read - written,
    ...(read > 0 && { cache_read_tokens: read }),
    ...(written > 0 && { cache_write_tokens: written }),
  };
}

function outputBuckets(output: number | undefined, value: JsonObject): UsageFields {
  if (output === undefined) return {};
  const details =
    value.output_token_details ?? value.output_tokens_details ?? value.completion_tokens_details;
  const reasoning = share(details, REASONING);
  if (reasoning > output) return { output_tokens: output };
  return { output_tokens: output - reasoning, ...(reasoning > 0 && { reasoning_tokens: reasoning }) };
}

function share(details: JsonValue | undefined, names: readonly string[]): number {
  return (isObject(details) ? first(details, names) : undefined) ?? 0;
}
