import { asCount, isObject, type JsonValue } from '../../model/json.ts';
import type { UsageFields } from '../../model/record.ts';

/**
 * The toolkit copies what its frameworks report, in OpenAI's words: *subset*, cached inside prompt and reasoning inside
 * completion. A reasoning count above the completion is beside it. Undefined when nothing was counted: every event has zeros.
 */
export function usageOf(value: JsonValue | undefined): UsageFields | undefined {
  if (!isObject(value)) return undefined;
  const prompt = asCount(value.prompt_tokens ?? value.input_tokens) ?? 0;
  const completion = asCount(value.completion_tokens ?? value.output_tokens) ?? 0;
  const reasoning = asCount(value.reasoning_tokens) ?? 0;
  const cached = Math.min(asCount(value.cached_tokens) ?? 0, prompt);
  const total = asCount(value.total_tokens) ?? 0;
  if (prompt + completion + reasoning === 0)
    return total > 0 ? { other_tokens: total, requests: 1 } : undefined;
  return {
    input_tokens: prompt - cached,
    cache_read_tokens: cached,
    output_tokens: reasoning <= completion ? completion - reasoning : completion,
    reasoning_tokens: reasoning,
    requests: 1,
  };
}
