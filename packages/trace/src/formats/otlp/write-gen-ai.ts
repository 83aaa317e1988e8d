import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Span } from '../../model/span.ts';
import { allInputTokens, type Usage } from '../../model/usage.ts';
import { operationOf } from './dialects/gen-ai.ts';
import { genAiParts } from './messages.ts';

/** What of a span the conventions for generative AI have a name for, under their names of version 1.41. */
export function genAiAttributes(span: Span, sessionId: string | undefined): JsonObject {
  const operation = operationOf(span.kind, span.role);
  const isCall = span.kind === 'llm' || span.kind === 'embedding';
  return {
    ...(operation !== undefined && { 'gen_ai.operation.name': operation }),
    ...(span.provider !== undefined && { 'gen_ai.provider.name': span.provider }),
    ...(span.model !== undefined && { 'gen_ai.request.model': span.model }),
    ...(span.model !== undefined && isCall && { 'gen_ai.response.model': span.model }),
    ...(span.callKey !== undefined && isCall && { 'gen_ai.response.id': span.callKey.split('|', 1)[0]! }),
    ...(span.usage && usageAttributes(span.usage)),
    ...(span.firstTokenUs !== undefined && {
      'gen_ai.response.time_to_first_chunk': (span.firstTokenUs - span.startUs) / 1e6,
    }),
    ...(span.tool && { 'gen_ai.tool.name': span.tool.name }),
    ...(span.tool?.callId !== undefined && { 'gen_ai.tool.call.id': span.tool.callId }),
    ...(span.kind === 'agent' && { 'gen_ai.agent.name': span.component ?? span.name }),
    ...(sessionId !== undefined &&
      (isCall || span.kind === 'agent') && { 'gen_ai.conversation.id': sessionId }),
    ...(span.error?.type !== undefined && { 'error.type': span.error.type }),
    ...payload(span, 'inputs'),
    ...payload(span, 'outputs'),
  };
}

/** The conventions' counts are wholes: the input with everything from and to caches, the output with reasoning. */
function usageAttributes(usage: Usage): JsonObject {
  const written = usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  const input = allInputTokens(usage);
  const output = usage.outputTokens + usage.reasoningTokens;
  // A total that is of no kind has no name there.
  if (input + output === 0 && usage.otherTokens > 0) return {};
  return {
    'gen_ai.usage.input_tokens': input,
    ...(usage.cacheReadTokens > 0 && { 'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens }),
    ...(written > 0 && { 'gen_ai.usage.cache_creation.input_tokens': written }),
    'gen_ai.usage.output_tokens': output,
    ...(usage.reasoningTokens > 0 && { 'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens }),
  };
}

type Side = 'inputs' | 'outputs';

/** What a tool is given and gives back; of models and agents their messages; the rest has no name in the conventions. */
const TOOL: Record<Side, string> = {
  inputs: 'gen_ai.tool.call.arguments',
  outputs: 'gen_ai.tool.call.result',
};
const MESSAGES: Record<Side, string> = {
  inputs: 'gen_ai.input.messages',
  outputs: 'gen_ai.output.messages',
};
/** OpenInference's names, which other tools show as well. */
const OTHER: Record<Side, string> = { inputs: 'input.value', outputs: 'output.value' };
const ROLES: Record<Side, string> = { inputs: 'user', outputs: 'assistant' };

function payload(span: Span, side: Side): JsonObject {
  const value = span[side];
  if (value === undefined) return {};
  if (span.kind === 'tool') return { [TOOL[side]]: textOf(value) };
  if (span.kind === 'llm' || span.kind === 'agent') {
    const messages =
      typeof value === 'string'
        ? [{ role: ROLES[side], parts: [{ type: 'text', content: value }] }]
        : genAiParts(value);
    if (messages !== undefined) return { [MESSAGES[side]]: JSON.stringify(messages) };
  }
  return { [OTHER[side]]: textOf(value) };
}

/** Objects and lists as JSON in a text, as the conventions have them on spans. */
function textOf(value: JsonValue): JsonValue {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
