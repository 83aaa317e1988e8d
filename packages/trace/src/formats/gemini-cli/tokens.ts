import { asCount, isObject, type JsonValue } from '../../model/json.ts';
import type { UsageFields } from '../../model/record.ts';

export type TokenReport = {
  usage: UsageFields;
  /** The source's own sum is another than that of its parts. */
  deviates: boolean;
};

/**
 * Tokens as Gemini counts them → disjoint buckets. Thoughts stand *outside* the output and prompts of tools outside the
 * input; cached tokens are *inside* the input. Undefined when nothing was used: messages that only hold tools say zeros.
 */
export function tokensOf(value: JsonValue | undefined): TokenReport | undefined {
  if (!isObject(value)) return undefined;
  const input = asCount(value.input) ?? 0;
  const output = asCount(value.output) ?? 0;
  const thoughts = asCount(value.thoughts) ?? 0;
  const tool = asCount(value.tool) ?? 0;
  const cached = Math.min(asCount(value.cached) ?? 0, input);
  const total = asCount(value.total);
  const sum = input + output + thoughts + tool;
  if (sum === 0 && (total ?? 0) === 0) return undefined;
  // A total without parts still counts, as tokens of unknown kind.
  if (sum === 0) return { usage: { other_tokens: total!, requests: 1 }, deviates: true };
  return {
    usage: {
      input_tokens: input - cached + tool,
      ...(cached > 0 && { cache_read_tokens: cached }),
      output_tokens: output,
      ...(thoughts > 0 && { reasoning_tokens: thoughts }),
      requests: 1,
    },
    deviates: total !== undefined && total !== sum,
  };
}
