import type { Usage } from '../../model/usage.ts';

/**
 * Usage as JSON without empty buckets; input stays, so that a call of no tokens is seen as a call. Written out rather than
 * looped over a table of names: it is part of every model call, and fields looked up by variable cost three times as much.
 */
export function usageJson(usage: Usage): string {
  let json = `{"input_tokens":${usage.inputTokens}`;
  if (usage.cacheReadTokens > 0) json += `,"cache_read_tokens":${usage.cacheReadTokens}`;
  if (usage.cacheWriteTokens > 0) json += `,"cache_write_tokens":${usage.cacheWriteTokens}`;
  if (usage.cacheWrite1hTokens > 0) json += `,"cache_write_1h_tokens":${usage.cacheWrite1hTokens}`;
  if (usage.outputTokens > 0) json += `,"output_tokens":${usage.outputTokens}`;
  if (usage.reasoningTokens > 0) json += `,"reasoning_tokens":${usage.reasoningTokens}`;
  if (usage.otherTokens > 0) json += `,"other_tokens":${usage.otherTokens}`;
  return `${json},"requests":${usage.requests}}`;
}
