import { asString, isObject, type JsonObject, type JsonValue } from '@tacho/trace/model/json';
import type { Span } from '@tacho/trace/model/span';
import { type MaybeCut, printed, textOf } from './cut-text.ts';

/** One piece of a message. Everything in it is text from outside. */
export type Part =
  | { type: 'text' | 'thinking'; text: MaybeCut }
  | { type: 'call'; name: string; id?: string; text: MaybeCut }
  | { type: 'result'; name?: string; id?: string; failed: boolean; text: MaybeCut }
  | { type: 'other'; name: string; text: MaybeCut };

export type Message = { role: string; parts: Part[] };

/** Message lists go by these names in requests: Anthropic, OpenAI chat and Ollama; OpenAI responses; Gemini. */
const LISTS = ['messages', 'input', 'contents', 'items', 'history'] as const;
/** Instructions that stand beside the list. */
const INSTRUCTIONS = ['system', 'instructions', 'systemInstruction', 'system_prompt'] as const;
const PROMPTS = ['prompt', 'question', 'query', 'text', 'content', 'message'] as const;

/** What a span was asked, as messages; empty when its inputs have no known shape. */
export function askedMessages(inputs: JsonValue | undefined): Message[] {
  if (inputs === undefined || inputs === null) return [];
  const plain = textOf(inputs);
  if (plain) return [{ role: 'user', parts: [{ type: 'text', text: plain }] }];
  if (Array.isArray(inputs)) return messagesIn(inputs, 'user');
  if (!isObject(inputs)) return [];
  const messages: Message[] = [];
  for (const name of INSTRUCTIONS) {
    const parts = inputs[name] === undefined ? [] : partsOf(inputs[name]);
    if (parts.length > 0) messages.push({ role: 'system', parts });
  }
  for (const name of LISTS) {
    const list = inputs[name];
    if (Array.isArray(list)) messages.push(...messagesIn(list, 'user'));
    else if (name === 'input' && textOf(list))
      messages.push({ role: 'user', parts: [{ type: 'text', text: textOf(list)! }] });
  }
  if (messages.some((message) => message.role !== 'system')) return messages;
  for (const name of PROMPTS) {
    const parts = inputs[name] === undefined ? [] : partsOf(inputs[name]);
    if (parts.length > 0) return [...messages, { role: 'user', parts }];
  }
  return looksLikeMessage(inputs) ? [messageOf(inputs, 'user')] : messages;
}

/** A tool call: what it was given, and what came back. */
export function toolMessages(span: Span): Message[] {
  const name = span.tool?.name ?? span.name;
  const parts: Part[] = [];
  if (span.inputs !== undefined) parts.push({ type: 'call', name, text: printed(span.inputs) });
  const said = answeredMessages(span.outputs).flatMap((message) => message.parts);
  const failed = span.status === 'error';
  if (span.outputs !== undefined)
    parts.push({ type: 'result', name, failed, text: joined(said) ?? printed(span.outputs) });
  else if (span.error) parts.push({ type: 'result', name, failed, text: printed(span.error.message) });
  return parts.length === 0 ? [] : [{ role: 'tool', parts }];
}

/** What a span answered, as messages; empty when its outputs have no known shape. `speaker` is who says plain text. */
export function answeredMessages(outputs: JsonValue | undefined, speaker = 'assistant'): Message[] {
  if (outputs === undefined || outputs === null) return [];
  const plain = textOf(outputs);
  if (plain) return [{ role: speaker, parts: [{ type: 'text', text: plain }] }];
  if (Array.isArray(outputs)) return messagesIn(outputs, 'assistant');
  if (!isObject(outputs)) return [];
  const { choices, candidates, output } = outputs;
  if (Array.isArray(choices)) return messagesIn(choices.map(inner('message', 'delta')), 'assistant');
  if (Array.isArray(candidates)) return messagesIn(candidates.map(inner('content')), 'assistant');
  if (Array.isArray(output)) return messagesIn(output, 'assistant');
  if (isObject(outputs.message)) return [messageOf(outputs.message, 'assistant')];
  if (Array.isArray(outputs.messages)) return messagesIn(outputs.messages, 'assistant');
  if (looksLikeMessage(outputs)) return [messageOf(outputs, 'assistant')];
  for (const name of ['text', 'output_text', 'response', 'completion', 'answer', 'result', 'output']) {
    const text = textOf(outputs[name]);
    if (text) return [{ role: 'assistant', parts: [{ type: 'text', text }, ...callsOf(outputs)] }];
  }
  return [];
}

const inner =
  (...names: string[]) =>
  (item: JsonValue): JsonValue => {
    if (!isObject(item)) return item;
    for (const name of names) {
      const found = item[name];
      if (found !== undefined) return found;
    }
    return item;
  };

function looksLikeMessage(value: JsonObject): boolean {
  return (
    value.content !== undefined ||
    Array.isArray(value.parts) ||
    value.tool_calls !== undefined ||
    Array.isArray(value.toolCalls)
  );
}

/** A list of messages, or of the blocks of one message: blocks without a role follow on those before. */
function messagesIn(list: readonly JsonValue[], role: string): Message[] {
  const messages: Message[] = [];
  for (const item of list) {
    const whole =
      isObject(item) && (item.role !== undefined || looksLikeMessage(item)) && item.type !== 'tool_result';
    const message = whole ? messageOf(item, role) : { role: roleOfBlock(item) ?? role, parts: blockOf(item) };
    if (message.parts.length === 0) continue;
    const last = messages.at(-1);
    if (last && !whole && last.role === message.role) last.parts.push(...message.parts);
    else messages.push(message);
  }
  return messages;
}

function roleOfBlock(item: JsonValue): string | undefined {
  const type = isObject(item) ? asString(item.type) : undefined;
  if (type === undefined) return undefined;
  if (/result$|_output$/.test(type)) return 'tool';
  return /call$|tool_use$|reasoning$|thinking$/.test(type) ? 'assistant' : undefined;
}

function messageOf(value: JsonObject, role: string): Message {
  const said = asString(value.role) ?? asString(value.author);
  const own = said === 'model' ? 'assistant' : (said ?? role);
  const parts: Part[] = [];
  const reasoning = textOf(value.reasoning_content ?? value.reasoning ?? value.thinking);
  if (reasoning) parts.push({ type: 'thinking', text: reasoning });
  if (own === 'tool' || own === 'function') {
    const name = asString(value.name);
    const id = asString(value.tool_call_id);
    parts.push({
      type: 'result',
      ...(name !== undefined && { name }),
      ...(id !== undefined && { id }),
      failed: false,
      text: printed(value.content),
    });
  } else parts.push(...partsOf(value.content ?? value.parts ?? value.text));
  parts.push(...callsOf(value));
  return { role: own, parts };
}

/** Tool calls that stand beside the content: OpenAI's `tool_calls`, the Vercel AI SDK's `toolCalls`. */
function callsOf(value: JsonObject): Part[] {
  const list = value.tool_calls ?? value.toolCalls;
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((call) => {
    const from = isObject(call.function) ? call.function : call;
    return callPart(
      asString(from.name) ?? asString(call.toolName),
      asString(call.id) ?? asString(call.toolCallId),
      from.arguments ?? from.args ?? from.input,
    );
  });
}

function callPart(name: string | undefined, id: string | undefined, input: JsonValue | undefined): Part {
  return {
    type: 'call',
    name: name ?? 'tool',
    ...(id !== undefined && { id }),
    text: printed(unpacked(input)),
  };
}

/** Arguments that are JSON in a string, as OpenAI sends them, as what they are. */
function unpacked(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}

function partsOf(content: JsonValue | undefined): Part[] {
  const text = textOf(content);
  if (text) return text.text === '' ? [] : [{ type: 'text', text }];
  if (Array.isArray(content)) return content.flatMap(blockOf);
  if (isObject(content)) return Array.isArray(content.parts) ? partsOf(content.parts) : blockOf(content);
  return [];
}

/** One block of a message's content, in any of the vendors' shapes. */
function blockOf(block: JsonValue): Part[] {
  const plain = textOf(block);
  if (plain) return plain.text === '' ? [] : [{ type: 'text', text: plain }];
  if (!isObject(block)) return [];
  const type = asString(block.type);
  if (isObject(block.functionCall))
    return [callPart(asString(block.functionCall.name), undefined, block.functionCall.args)];
  if (isObject(block.functionResponse))
    return [
      {
        type: 'result',
        failed: false,
        text: printed(block.functionResponse.response),
        ...named(block.functionResponse.name),
      },
    ];
  switch (type) {
    case 'thinking':
    case 'reasoning':
    case 'redacted_thinking': {
      const text = textOf(block.thinking ?? block.text ?? block.data) ?? printed(block.summary ?? '');
      return text.text === '' || text.text === '[]' ? [] : [{ type: 'thinking', text }];
    }
    case 'tool_use':
    case 'server_tool_use':
    case 'tool-call':
    case 'function_call':
      return [
        callPart(
          asString(block.name) ?? asString(block.toolName),
          asString(block.id) ?? asString(block.call_id) ?? asString(block.toolCallId),
          block.input ?? block.arguments ?? block.args,
        ),
      ];
    case 'tool_result':
    case 'tool-result':
    case 'function_call_output': {
      const inside = block.content ?? block.output ?? block.result;
      const texts = Array.isArray(inside) ? inside.flatMap(blockOf) : [];
      const id = asString(block.tool_use_id) ?? asString(block.call_id) ?? asString(block.toolCallId);
      return [
        {
          type: 'result',
          ...(id !== undefined && { id }),
          ...named(block.toolName),
          failed: block.is_error === true,
          text: joined(texts) ?? printed(inside),
        },
      ];
    }
    case 'image':
    case 'image_url':
    case 'input_image':
    case 'audio':
    case 'input_audio':
    case 'document':
    case 'file':
      return [{ type: 'other', name: type, text: printed(block) }];
  }
  const text = textOf(block.text ?? block.content ?? block.refusal);
  if (text) {
    const thought = block.thought === true;
    return text.text === '' ? [] : [{ type: thought ? 'thinking' : 'text', text }];
  }
  return [{ type: 'other', name: type ?? 'data', text: printed(block) }];
}

const named = (value: JsonValue | undefined): { name?: string } => {
  const name = asString(value);
  return name === undefined ? {} : { name };
};

function joined(parts: readonly Part[]): MaybeCut | undefined {
  if (parts.length === 0 || parts.some((part) => part.type !== 'text')) return undefined;
  const text = parts.map((part) => part.text.text).join('\n');
  const hidden = parts.reduce((sum, part) => sum + part.text.length - part.text.text.length, 0);
  return { text, length: text.length + hidden };
}
