import { asCount, isObject, type JsonValue } from '../../../model/json.ts';
import { count, type Dialect, filledJson, objectOf, type Parts, type Read, text } from './rule.ts';

/**
 * Tokens as Gemini's answer counts them: thoughts stand beside the candidates. The attribute beside it leaves them out, and
 * in the first versions (to June 2025) has the whole total for the output.
 */
function answerUsage(value: JsonValue): Parts | undefined {
  if (typeof value === 'string' && !value.includes('_token_count')) return undefined;
  const said = objectOf(value)?.usage_metadata;
  if (!isObject(said)) return undefined;
  const prompt = asCount(said.prompt_token_count);
  const forTools = asCount(said.tool_use_prompt_token_count) ?? 0;
  return {
    inputTokens: prompt === undefined ? undefined : prompt + forTools,
    outputTokens: asCount(said.candidates_token_count) ?? (prompt === undefined ? undefined : 0),
    reasoningTokens: asCount(said.thoughts_token_count),
    cacheReadTokens: asCount(said.cached_content_token_count),
    totalTokens: asCount(said.total_token_count),
  };
}

/** The span that sums up parallel calls of tools for a page of ADK's own: no call of a tool. */
const merged: Read = (value) =>
  value === '(merged tools)' ? { kind: 'task', role: 'merged-tools' } : undefined;

/** Google's Agent Development Kit. */
export const googleAdk: Dialect = {
  cache: 'inside',
  reasoning: 'beside',
  rules: [
    ['gen_ai.tool.name', 'kind', merged],
    ['gcp.vertex.agent.llm_response', 'parts', answerUsage],
    ['gcp.vertex.agent.tool_call_args', 'inputs', filledJson],
    ['gcp.vertex.agent.llm_request', 'inputs', filledJson],
    ['gcp.vertex.agent.data', 'inputs', filledJson],
    ['gcp.vertex.agent.tool_response', 'outputs', filledJson],
    ['gcp.vertex.agent.llm_response', 'outputs', filledJson],
    ['gen_ai.usage.experimental.reasoning_tokens', 'reasoningTokens', count],
    ['gcp.vertex.agent.session_id', 'sessionId', text],
  ],
};

/** What its spans are by their names, where they have no operation. */
export const googleAdkNames: Dialect = {
  cache: 'inside',
  reasoning: 'beside',
  scopes: ['gcp.vertex.agent'],
  rules: [],
  names: [
    [/^(?:agent_run|invoke_agent)\b/, { kind: 'agent' }],
    [/^invocation$/, { kind: 'agent', role: 'invocation' }],
    [/^call_llm$/, { kind: 'llm' }],
    [/^execute_tool\b/, { kind: 'tool' }],
  ],
};
