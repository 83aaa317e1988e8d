import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/**
 * Parts of a GenAI message → blocks as the rest of the house writes them. Types that are not here stay as they are, and so
 * does a part that has something under a block's name already (undefined).
 */
const BLOCKS: Record<string, (part: JsonObject) => JsonObject | undefined> = {
  text: textBlock,
  reasoning: textBlock,
  tool_call({ type: _, id, name, arguments: input, ...more }) {
    return more.input === undefined
      ? unlessMissing({ type: 'tool_use', id, name, input, ...more })
      : undefined;
  },
  // The schema says `response`, its example `result`, and older emitters `content`.
  tool_call_response({ type: _, id, response, result, content, ...more }) {
    const said = [response, result, content].filter((one) => one !== undefined);
    if (said.length > 1 || more.tool_use_id !== undefined) return undefined;
    return unlessMissing({ type: 'tool_result', tool_use_id: id, content: said[0], ...more });
  },
};

function textBlock({ type, content, ...more }: JsonObject): JsonObject | undefined {
  return more.text === undefined ? unlessMissing({ type, text: content, ...more }) : undefined;
}

function unlessMissing(object: JsonObject): JsonObject {
  for (const key of Object.keys(object)) if (object[key] === undefined) delete object[key];
  return object;
}

function blockOf(part: JsonValue): JsonValue {
  const type = isObject(part) ? asString(part.type) : undefined;
  const block = type !== undefined && Object.hasOwn(BLOCKS, type) && BLOCKS[type]!(part as JsonObject);
  return block || part;
}

/** A message of one text has it as its content. */
function contentOf(parts: readonly JsonValue[]): JsonValue {
  const blocks = parts.map(blockOf);
  const only = blocks.length === 1 ? blocks[0] : undefined;
  const plain =
    isObject(only) && only.type === 'text' && typeof only.text === 'string' && Object.keys(only).length === 2;
  return plain ? (only.text as string) : blocks;
}

/** Messages with `parts` as the GenAI conventions have them → messages with `content`; anything else as it is. */
export function genAiMessages(value: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  return value.flatMap((message): JsonValue[] => {
    if (!isObject(message) || !Array.isArray(message.parts) || message.content !== undefined)
      return [message];
    const { role = 'assistant', parts, ...more } = message;
    const isPlain = role === 'tool' && Object.keys(more).length === 0;
    return (isPlain ? toolMessages(parts) : undefined) ?? [{ role, content: contentOf(parts), ...more }];
  });
}

/** A message of role tool has one answer: several in one become several. */
function toolMessages(parts: readonly JsonValue[]): JsonValue[] | undefined {
  const messages: JsonValue[] = [];
  for (const part of parts) {
    const block = blockOf(part);
    if (!isObject(block) || block.type !== 'tool_result') return undefined;
    const { type: _, tool_use_id, ...more } = block;
    if (more.role !== undefined || more.tool_call_id !== undefined) return undefined;
    messages.push(unlessMissing({ role: 'tool', tool_call_id: tool_use_id, ...more }));
  }
  return messages.length === 0 ? undefined : messages;
}

/** Instructions beside the messages (a text, or a bare list of parts) as the content of a system message. */
export function instructions(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : contentOf(value);
  return value;
}

/** Blocks → parts: the way back, for the writer. Undefined where a message has something that parts cannot say. */
export function genAiParts(messages: JsonValue | undefined): JsonValue[] | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const out: JsonValue[] = [];
  for (const message of messages) {
    if (!isObject(message) || asString(message.role) === undefined || message.content === undefined)
      return undefined;
    const { role, content, tool_call_id: callId, ...more } = message;
    if (role === 'tool') {
      const part = unlessMissing({ type: 'tool_call_response', id: callId, response: content, ...more });
      out.push({ role, parts: [part] });
    } else if (typeof content === 'string') out.push({ role, parts: [{ type: 'text', content }], ...more });
    else if (Array.isArray(content)) out.push({ role, parts: content.map(partOf), ...more });
    else return undefined;
  }
  return out;
}

const PARTS: Record<string, (block: JsonObject) => JsonObject> = {
  text: ({ type, text, ...more }) => ({ type, content: text, ...more }),
  reasoning: ({ type, text, ...more }) => ({ type, content: text, ...more }),
  tool_use: ({ type: _, id, name, input, ...more }) =>
    unlessMissing({ type: 'tool_call', id, name, arguments: input, ...more }),
  tool_result: ({ type: _, tool_use_id: id, content, ...more }) =>
    unlessMissing({ type: 'tool_call_response', id, response: content, ...more }),
};

function partOf(block: JsonValue): JsonValue {
  const type = isObject(block) ? asString(block.type) : undefined;
  return type !== undefined && Object.hasOwn(PARTS, type) ? PARTS[type]!(block as JsonObject) : block;
}
