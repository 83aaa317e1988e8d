import type { JsonObject } from '../../model/json.ts';
import type { Slots } from './dialects/slots.ts';

/** What a span says of its tokens, in disjoint buckets, and whether its own total is another sum. */
export type UsageOf = { usage: JsonObject; deviates: boolean };

/**
 * Disjoint buckets. Where the parts stand is the dialect's to say (Place). Parts that are more than their whole stand beside
 * it whatever is said, for figures of Anthropic's API, which stand beside, are sent under names that mean inside; where
 * nothing is said, a total that is the sum with them says it too.
 */
export function usageOf(slots: Slots): UsageOf | undefined {
  const input = slots.number('inputTokens');
  const output = slots.number('outputTokens');
  const total = slots.number('totalTokens');
  const read = slots.number('cacheReadTokens') ?? 0;
  const hour = slots.number('cacheWrite1hTokens') ?? 0;
  const written = slots.number('cacheWriteTokens') ?? hour;
  const reasoning = slots.number('reasoningTokens') ?? 0;
  const cached = read + written;
  if (input === undefined && output === undefined && cached + reasoning === 0) {
    if (total === undefined) return undefined;
    slots.use('totalTokens');
    return { usage: { other_tokens: total }, deviates: false };
  }
  const plain = (input ?? 0) + (output ?? 0);
  const cacheBeside =
    slots.cache === 'beside' ||
    cached > (input ?? 0) ||
    (slots.cache === 'unsaid' && total !== plain && total !== plain + reasoning && total === plain + cached);
  const allInput = (input ?? 0) + (cacheBeside ? cached : 0);
  const reasoningBeside =
    slots.reasoning === 'beside' ||
    reasoning > (output ?? 0) ||
    (slots.reasoning === 'unsaid' && total === allInput + (output ?? 0) + reasoning);
  const usage: JsonObject = {};
  if (input !== undefined) usage.input_tokens = cacheBeside ? input : input - cached;
  if (read > 0) usage.cache_read_tokens = read;
  // A lifetime's part that is more than the whole is no part of it.
  const lasting = hour <= written ? hour : 0;
  if (written > lasting) usage.cache_write_tokens = written - lasting;
  if (lasting > 0) usage.cache_write_1h_tokens = lasting;
  if (output !== undefined) usage.output_tokens = reasoningBeside ? output : output - reasoning;
  if (reasoning > 0) usage.reasoning_tokens = reasoning;
  const sum = allInput + (output ?? 0) + (reasoningBeside ? reasoning : 0);
  slots.use('inputTokens');
  slots.use('outputTokens');
  slots.use('cacheReadTokens');
  slots.use('cacheWriteTokens');
  slots.use('reasoningTokens');
  if (lasting === hour) slots.use('cacheWrite1hTokens');
  if (total === sum) slots.use('totalTokens');
  // Some give the sum of the API's own two figures, which stand beside what came from caches.
  return { usage, deviates: total !== undefined && total !== sum && total !== plain };
}
