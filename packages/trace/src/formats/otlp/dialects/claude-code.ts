import { asString, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { amount, count, type Dialect, json, kindRules, type Pair, type Read, text } from './rule.ts';

/** span.type. A call of a tool has the wait for leave and the execution below it: neither is a call of its own. */
const TYPES = {
  interaction: { kind: 'agent' },
  llm_request: { kind: 'llm' },
  tool: { kind: 'tool' },
  'tool.execution': { kind: 'task', role: 'execution' },
  'tool.blocked_on_user': { kind: 'task', role: 'permission' },
  hook: { kind: 'task', role: 'hook' },
} as const;

/** Nobody allowed it to tell what was asked. */
const REDACTED = '<REDACTED>';

const asked: Read = (value) => {
  const said = asString(value);
  return said === REDACTED ? undefined : said;
};

/** What is told of a tool's input, by the names that the input has it under. */
const INPUTS: Readonly<Record<string, string>> = {
  full_command: 'command',
  bash_command: 'command',
  file_path: 'file_path',
  skill_name: 'skill',
  subagent_type: 'subagent_type',
};

function toolInput(pairs: readonly Pair[]): JsonValue {
  const input: JsonObject = {};
  for (const [key, value] of pairs) input[INPUTS[key]!] = value;
  return input;
}

/** Claude Code's own traces (a beta). Tokens are the API's, caches beside the input; texts are there where it is allowed. */
export const claudeCode: Dialect = {
  cache: 'beside',
  reasoning: 'inside',
  scopes: ['com.anthropic.claude_code.tracing'],
  events: ['tool.output'],
  rules: [
    ...kindRules('span.type', TYPES),
    ['model', 'requestModel', text],
    ['input_tokens', 'inputTokens', count],
    ['output_tokens', 'outputTokens', count],
    ['cache_read_tokens', 'cacheReadTokens', count],
    ['cache_creation_tokens', 'cacheWriteTokens', count],
    ['ttft_ms', 'firstTokenMs', amount],
    ['request_id', 'responseId', text],
    ['tool_name', 'toolName', text],
    ['tool_use_id', 'toolCallId', text],
    ['output', 'outputs', json],
    ['content', 'outputs', json],
    ['user_prompt', 'inputs', asked],
    ['user_prompt', 'task', asked],
    ['success', 'failed', (value) => (value === false || value === 'false' ? true : undefined)],
    ['error', 'errorMessage', text],
    ['error_class', 'errorType', text],
  ],
  gatherings: [{ keys: Object.keys(INPUTS), slot: 'inputs', gather: toolInput }],
};
