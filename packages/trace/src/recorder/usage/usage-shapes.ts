import { asCount } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';

/** Someone's object of unknown shape: every field may be anything, or missing. */
export interface Raw {
  readonly [name: string]: Raw | undefined;
}

/**
 * One way in which usage is reported. `telling` are fields of which one is enough to know it: counts, or objects where
 * `nests` says so. When an object has fields of several shapes, the first in the table wins.
 */
export type UsageShape = {
  readonly name: string;
  readonly provider?: string;
  readonly telling: readonly string[];
  readonly nests?: readonly string[];
  read(of: Raw): Usage;
  /** The source's own total of all tokens, where it has one. */
  total?(of: Raw): number | undefined;
};

function count(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER
    ? Math.round(value)
    : (asCount(value) ?? 0);
}

function buckets(
  of: Raw,
  input: number,
  cacheRead: number,
  cacheWrite: number,
  cacheWrite1h: number,
  output: number,
  reasoning: number,
  other = 0,
): Usage {
  return {
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite1hTokens: cacheWrite1h,
    outputTokens: output,
    reasoningTokens: reasoning,
    otherTokens: other,
    requests: of.requests === undefined ? 1 : count(of.requests),
  };
}

/** Cache inside the input and reasoning inside the output (OpenAI and all who follow it, the AI SDK, OTel). */
function subset(
  of: Raw,
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
  reasoning: number,
): Usage {
  const uncached = input - cacheRead - cacheWrite;
  const plain = output - reasoning;
  // A part that is larger than its whole was never inside it: the source reported it apart.
  return buckets(
    of,
    uncached >= 0 ? uncached : input,
    cacheRead,
    cacheWrite,
    0,
    plain >= 0 ? plain : output,
    reasoning,
  );
}

export const USAGE_SHAPES: readonly UsageShape[] = [
  {
    name: 'gemini',
    provider: 'google',
    telling: ['promptTokenCount', 'candidatesTokenCount'],
    // Thoughts are outside the candidates; what tools put into the prompt is outside the prompt.
    read: (of) =>
      buckets(
        of,
        Math.max(0, count(of.promptTokenCount) - count(of.cachedContentTokenCount)) +
          count(of.toolUsePromptTokenCount),
        count(of.cachedContentTokenCount),
        0,
        0,
        count(of.candidatesTokenCount),
        count(of.thoughtsTokenCount),
      ),
    total: (of) => asCount(of.totalTokenCount),
  },
  {
    name: 'ollama',
    provider: 'ollama',
    telling: ['prompt_eval_count', 'eval_count'],
    read: (of) => buckets(of, count(of.prompt_eval_count), 0, 0, 0, count(of.eval_count), 0),
  },
  {
    name: 'openai-chat',
    telling: ['prompt_tokens', 'completion_tokens'],
    read(of) {
      const reasoning = count(of.completion_tokens_details?.reasoning_tokens);
      const input = count(of.prompt_tokens);
      const output = count(of.completion_tokens);
      // xAI leaves reasoning out of the completion; only its total tells.
      const apart = reasoning > 0 && asCount(of.total_tokens) === input + output + reasoning;
      return subset(
        of,
        input,
        apart ? output + reasoning : output,
        count(of.prompt_tokens_details?.cached_tokens ?? of.prompt_cache_hit_tokens),
        count(of.prompt_tokens_details?.cache_write_tokens),
        reasoning,
      );
    },
    total: (of) => asCount(of.total_tokens),
  },
  {
    name: 'openai-responses',
    telling: [],
    nests: ['input_tokens_details', 'output_tokens_details'],
    read: (of) =>
      subset(
        of,
        count(of.input_tokens),
        count(of.output_tokens),
        count(of.input_tokens_details?.cached_tokens),
        count(of.input_tokens_details?.cache_write_tokens),
        count(of.output_tokens_details?.reasoning_tokens),
      ),
    total: (of) => asCount(of.total_tokens),
  },
  {
    name: 'anthropic',
    provider: 'anthropic',
    telling: ['cache_creation_input_tokens', 'cache_read_input_tokens'],
    nests: ['cache_creation'],
    read(of) {
      const hour = count(of.cache_creation?.ephemeral_1h_input_tokens);
      const fiveMinutes =
        asCount(of.cache_creation?.ephemeral_5m_input_tokens) ??
        Math.max(0, count(of.cache_creation_input_tokens) - hour);
      return buckets(
        of,
        count(of.input_tokens),
        count(of.cache_read_input_tokens),
        fiveMinutes,
        hour,
        count(of.output_tokens),
        0,
      );
    },
  },
  {
    name: 'bedrock-converse',
    telling: ['cacheReadInputTokens', 'cacheWriteInputTokens'],
    read: (of) =>
      buckets(
        of,
        count(of.inputTokens),
        count(of.cacheReadInputTokens),
        count(of.cacheWriteInputTokens),
        0,
        count(of.outputTokens),
        0,
      ),
    total: (of) => asCount(of.totalTokens),
  },
  {
    name: 'ai-sdk-6',
    telling: [],
    nests: ['inputTokenDetails', 'outputTokenDetails'],
    read: (of) =>
      subset(
        of,
        count(of.inputTokens),
        count(of.outputTokens),
        count(of.inputTokenDetails?.cacheReadTokens ?? of.cachedInputTokens),
        count(of.inputTokenDetails?.cacheWriteTokens),
        count(of.outputTokenDetails?.reasoningTokens ?? of.reasoningTokens),
      ),
    total: (of) => asCount(of.totalTokens),
  },
  {
    name: 'ai-sdk-4-5',
    telling: ['totalTokens', 'cachedInputTokens', 'promptTokens', 'completionTokens'],
    read: (of) =>
      subset(
        of,
        count(of.inputTokens ?? of.promptTokens),
        count(of.outputTokens ?? of.completionTokens),
        count(of.cachedInputTokens),
        0,
        count(of.reasoningTokens),
      ),
    total: (of) => asCount(of.totalTokens),
  },
  {
    name: 'plain',
    telling: [
      'inputTokens',
      'outputTokens',
      'input_tokens',
      'output_tokens',
      'input',
      'output',
      'cacheReadTokens',
      'cache_read_tokens',
      'reasoningTokens',
      'reasoning_tokens',
    ],
    // Numbers by hand, in our own disjoint buckets.
    read: (of) =>
      buckets(
        of,
        count(of.inputTokens ?? of.input_tokens ?? of.input),
        count(of.cacheReadTokens ?? of.cache_read_tokens ?? of.cacheRead),
        count(of.cacheWriteTokens ?? of.cache_write_tokens ?? of.cacheWrite),
        count(of.cacheWrite1hTokens ?? of.cache_write_1h_tokens),
        count(of.outputTokens ?? of.output_tokens ?? of.output),
        count(of.reasoningTokens ?? of.reasoning_tokens ?? of.reasoning),
        count(of.otherTokens ?? of.other_tokens),
      ),
  },
  {
    name: 'total-only',
    telling: ['total_tokens', 'tokens'],
    read: (of) => buckets(of, 0, 0, 0, 0, 0, 0, count(of.total_tokens ?? of.tokens)),
  },
];

type Tell = { readonly rank: number; readonly nests: boolean };

/** Field → the shapes it tells, by place in the table. One look for each field of the object, instead of one for each of ours. */
const TELLS = new Map<string, Tell>(
  USAGE_SHAPES.flatMap(({ telling, nests = [] }, rank) => [
    ...telling.map((field): [string, Tell] => [field, { rank, nests: false }]),
    ...nests.map((field): [string, Tell] => [field, { rank, nests: true }]),
  ]),
);

/** Everything that numbers put together by hand may have. */
const HAND_FIELDS = new Set([
  ...['inputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'cacheWrite1hTokens', 'outputTokens'],
  ...['reasoningTokens', 'otherTokens', 'requests', 'model'],
  ...['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'],
]);
const PLAIN = USAGE_SHAPES.find(({ name }) => name === 'plain')!;

/** The usage of an object that has our own fields and no others: most calls, at a fifth of the search's time. */
export function handUsage(source: Raw): Usage | undefined {
  for (const field in source) if (!HAND_FIELDS.has(field)) return undefined;
  return shapeOf(source) === PLAIN ? PLAIN.read(source) : undefined;
}

/** The shape of an object; undefined when it reports no tokens. */
export function shapeOf(source: Raw): UsageShape | undefined {
  let best = USAGE_SHAPES.length;
  for (const field in source) {
    const tell = TELLS.get(field);
    if (tell === undefined || tell.rank >= best) continue;
    const value: unknown = source[field];
    const tells = tell.nests ? typeof value === 'object' && value !== null : asCount(value) !== undefined;
    if (tells) best = tell.rank;
  }
  return USAGE_SHAPES[best];
}

/** A bare total. */
export function usageOfTotal(total: number): Usage {
  return buckets({}, 0, 0, 0, 0, 0, 0, total);
}
