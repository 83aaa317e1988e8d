import { emptyUsage, type Usage } from '../../model/usage.ts';

/** A count of a provider's usage object, or undefined. Dots in the path go into nested objects. */
export type Figures = (path: string) => number | undefined;

/**
 * One way in which usage is reported. `matches` names counts of which at least one must be there; the first shape of the
 * table that matches is taken, so the telling names come first.
 */
export type UsageShape = {
  readonly name: string;
  readonly provider?: string;
  readonly matches: readonly string[];
  /** Fields that hold an object, of which one is enough. */
  readonly nests?: readonly string[];
  /** The source's own total of all tokens, where it has one. */
  readonly total?: string;
  read(of: Figures): Partial<Usage>;
};

const less = (whole: number | undefined, ...parts: (number | undefined)[]): number =>
  parts.reduce<number>((rest, part) => rest - (part ?? 0), whole ?? 0);

/** Cache and reasoning inside the totals (OpenAI and all who follow it, the AI SDK, OTel). */
function subset(
  input: number | undefined,
  output: number | undefined,
  cacheRead: number | undefined,
  cacheWrite: number | undefined,
  reasoning: number | undefined,
): Partial<Usage> {
  const uncached = less(input, cacheRead, cacheWrite);
  const plain = less(output, reasoning);
  return {
    // A part that is larger than its whole was never inside it: the source reported it apart.
    inputTokens: uncached >= 0 ? uncached : (input ?? 0),
    cacheReadTokens: cacheRead ?? 0,
    cacheWriteTokens: cacheWrite ?? 0,
    outputTokens: plain >= 0 ? plain : (output ?? 0),
    reasoningTokens: reasoning ?? 0,
  };
}

export const USAGE_SHAPES: readonly UsageShape[] = [
  {
    name: 'gemini',
    provider: 'google',
    matches: ['promptTokenCount', 'candidatesTokenCount'],
    total: 'totalTokenCount',
    // Thoughts are outside the candidates; what tools put into the prompt is outside the prompt.
    read: (of) => ({
      inputTokens:
        less(of('promptTokenCount'), of('cachedContentTokenCount')) + (of('toolUsePromptTokenCount') ?? 0),
      cacheReadTokens: of('cachedContentTokenCount') ?? 0,
      outputTokens: of('candidatesTokenCount') ?? 0,
      reasoningTokens: of('thoughtsTokenCount') ?? 0,
    }),
  },
  {
    name: 'ollama',
    provider: 'ollama',
    matches: ['prompt_eval_count', 'eval_count'],
    read: (of) => ({ inputTokens: of('prompt_eval_count') ?? 0, outputTokens: of('eval_count') ?? 0 }),
  },
  {
    name: 'openai-chat',
    matches: ['prompt_tokens', 'completion_tokens'],
    total: 'total_tokens',
    read(of) {
      const cached = of('prompt_tokens_details.cached_tokens') ?? of('prompt_cache_hit_tokens');
      const reasoning = of('completion_tokens_details.reasoning_tokens');
      const output = of('completion_tokens');
      // xAI leaves reasoning out of the completion; only its total tells.
      const apart =
        reasoning !== undefined &&
        of('total_tokens') === less(of('prompt_tokens'), -(output ?? 0), -reasoning);
      return subset(
        of('prompt_tokens'),
        apart && reasoning > 0 ? (output ?? 0) + reasoning : output,
        cached,
        of('prompt_tokens_details.cache_write_tokens'),
        reasoning,
      );
    },
  },
  {
    name: 'openai-responses',
    matches: [],
    nests: ['input_tokens_details', 'output_tokens_details'],
    total: 'total_tokens',
    read: (of) =>
      subset(
        of('input_tokens'),
        of('output_tokens'),
        of('input_tokens_details.cached_tokens'),
        of('input_tokens_details.cache_write_tokens'),
        of('output_tokens_details.reasoning_tokens'),
      ),
  },
  {
    name: 'anthropic',
    provider: 'anthropic',
    matches: ['cache_creation_input_tokens', 'cache_read_input_tokens'],
    nests: ['cache_creation'],
    read(of) {
      const hour = of('cache_creation.ephemeral_1h_input_tokens') ?? 0;
      const all = of('cache_creation_input_tokens');
      return {
        inputTokens: of('input_tokens') ?? 0,
        cacheReadTokens: of('cache_read_input_tokens') ?? 0,
        cacheWriteTokens: of('cache_creation.ephemeral_5m_input_tokens') ?? Math.max(0, (all ?? 0) - hour),
        cacheWrite1hTokens: hour,
        outputTokens: of('output_tokens') ?? 0,
      };
    },
  },
  {
    name: 'bedrock-converse',
    matches: ['cacheReadInputTokens', 'cacheWriteInputTokens'],
    total: 'totalTokens',
    read: (of) => ({
      inputTokens: of('inputTokens') ?? 0,
      cacheReadTokens: of('cacheReadInputTokens') ?? 0,
      cacheWriteTokens: of('cacheWriteInputTokens') ?? 0,
      outputTokens: of('outputTokens') ?? 0,
    }),
  },
  {
    name: 'ai-sdk-6',
    matches: [],
    nests: ['inputTokenDetails', 'outputTokenDetails'],
    total: 'totalTokens',
    read: (of) =>
      subset(
        of('inputTokens'),
        of('outputTokens'),
        of('inputTokenDetails.cacheReadTokens') ?? of('cachedInputTokens'),
        of('inputTokenDetails.cacheWriteTokens'),
        of('outputTokenDetails.reasoningTokens') ?? of('reasoningTokens'),
      ),
  },
  {
    name: 'ai-sdk-5',
    matches: ['totalTokens', 'cachedInputTokens'],
    total: 'totalTokens',
    read: (of) =>
      subset(
        of('inputTokens') ?? of('promptTokens'),
        of('outputTokens') ?? of('completionTokens'),
        of('cachedInputTokens'),
        undefined,
        of('reasoningTokens'),
      ),
  },
  {
    name: 'ai-sdk-4',
    matches: ['promptTokens', 'completionTokens'],
    read: (of) => ({ inputTokens: of('promptTokens') ?? 0, outputTokens: of('completionTokens') ?? 0 }),
  },
  {
    name: 'plain',
    matches: [
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
    read(of) {
      const bucket = (...names: string[]): number => names.map(of).find((count) => count !== undefined) ?? 0;
      return {
        inputTokens: bucket('inputTokens', 'input_tokens', 'input'),
        cacheReadTokens: bucket('cacheReadTokens', 'cache_read_tokens', 'cacheRead'),
        cacheWriteTokens: bucket('cacheWriteTokens', 'cache_write_tokens', 'cacheWrite'),
        cacheWrite1hTokens: bucket('cacheWrite1hTokens', 'cache_write_1h_tokens'),
        outputTokens: bucket('outputTokens', 'output_tokens', 'output'),
        reasoningTokens: bucket('reasoningTokens', 'reasoning_tokens', 'reasoning'),
        otherTokens: bucket('otherTokens', 'other_tokens'),
      };
    },
  },
  {
    name: 'total-only',
    matches: ['total_tokens', 'tokens'],
    read: (of) => ({ otherTokens: of('total_tokens') ?? of('tokens') ?? 0 }),
  },
];

/** Buckets with the rest filled in; one request unless the source counts them. */
export function wholeUsage(parts: Partial<Usage>, requests: number | undefined): Usage {
  return { ...emptyUsage(), ...parts, requests: requests ?? 1 };
}
