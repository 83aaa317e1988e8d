import { asCount, isObject, type JsonValue } from '../model/json.ts';
import type { UsageFields } from '../model/record.ts';

/** One line's report of a call's tokens. */
export type UsageReport = { fields: UsageFields; total: number; output: number };

/**
 * Anthropic's usage → our buckets. It is *additive*: cache reads and writes stand outside `input_tokens`; thinking, where it
 * is counted apart, is inside `output_tokens`. Undefined when nothing is counted.
 */
export function usageOf(value: JsonValue | undefined): UsageReport | undefined {
  if (!isObject(value)) return undefined;
  const input = asCount(value.input_tokens);
  const output = asCount(value.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const read = asCount(value.cache_read_input_tokens) ?? 0;
  const parts = isObject(value.cache_creation) ? value.cache_creation : undefined;
  const hour = asCount(parts?.ephemeral_1h_input_tokens) ?? 0;
  const fiveMinutes = asCount(parts?.ephemeral_5m_input_tokens) ?? 0;
  // The total is the figure that bills agree with; what the parts do not explain has the default lifetime, five minutes.
  const written = Math.max(asCount(value.cache_creation_input_tokens) ?? 0, hour + fiveMinutes);
  const details = isObject(value.output_tokens_details) ? value.output_tokens_details : undefined;
  const thinking = Math.min(asCount(details?.thinking_tokens) ?? 0, output ?? 0);
  const fields: UsageFields = {
    input_tokens: input ?? 0,
    cache_read_tokens: read,
    cache_write_tokens: written - hour,
    cache_write_1h_tokens: hour,
    output_tokens: (output ?? 0) - thinking,
    reasoning_tokens: thinking,
    requests: 1,
  };
  return { fields, total: (input ?? 0) + read + written + (output ?? 0), output: output ?? 0 };
}

/** Finished calls have 1 to 6 characters a token in real files, placeholders 15 to 6 000. */
const MAX_CHARS_PER_TOKEN = 10;
/** The largest placeholder seen is 9; a finished call that uses a tool cannot be that short. */
const MAX_PLACEHOLDER = 9;

/** True for an output count that was written when the call began: a lower bound, no count. */
export function isPlaceholder(call: {
  stopped: boolean;
  output: number;
  chars: number;
  usesTool: boolean;
}): boolean {
  if (call.stopped) return false;
  if (call.output <= MAX_PLACEHOLDER && call.usesTool) return true;
  return call.chars > MAX_CHARS_PER_TOKEN * Math.max(1, call.output);
}

/** True for a count so small that it is a placeholder too in a file in which no call ever says why it stopped. */
export function mayBePlaceholder(call: { stopped: boolean; output: number }): boolean {
  return !call.stopped && call.output <= MAX_PLACEHOLDER;
}
