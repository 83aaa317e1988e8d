import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parsed } from './dialects/rule.ts';
import { beside, flatMessage } from './flattened.ts';

/** An event that may be a message: a log, a point in a span, or an element of a list in an attribute. */
export type SaidEvent = { readonly name: string; readonly body: JsonObject };

/** Messages that events said, and the events that are none. */
export type EventMessages<E extends SaidEvent> = {
  inputs: JsonValue[] | undefined;
  outputs: JsonValue[] | undefined;
  others: E[];
};

/** Whose message an event of this name is: one an event, as it was until 1.36 of the conventions. */
const ROLES: Record<string, string> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
};
const CHOICE = 'gen_ai.choice';
/** Still older: a prompt, a completion. */
const PROMPT = 'gen_ai.content.prompt';
const COMPLETION = 'gen_ai.content.completion';

/** Fields that only say which event it is. */
const NO_CONTENT = ['event.name', 'gen_ai.system', 'gen_ai.provider.name'];

export function isMessageEvent(name: string): boolean {
  return Object.hasOwn(ROLES, name) || name === CHOICE || name === PROMPT || name === COMPLETION;
}

/** The messages that events said, in their order. Of an answer's choices each is a message. */
export function eventMessages<E extends SaidEvent>(events: readonly E[]): EventMessages<E> {
  const inputs: JsonValue[] = [];
  const outputs: JsonValue[] = [];
  const others: E[] = [];
  for (const event of events) {
    const { name, body } = event;
    if (Object.hasOwn(ROLES, name)) inputs.push(messageOf(ROLES[name]!, contentOf(body)));
    else if (name === CHOICE) outputs.push(choiceOf(contentOf(body)));
    else if (name === PROMPT) inputs.push(...contentList('user', body, 'gen_ai.prompt'));
    else if (name === COMPLETION) outputs.push(...contentList('assistant', body, 'gen_ai.completion'));
    else others.push(event);
  }
  return {
    inputs: inputs.length === 0 ? undefined : inputs,
    outputs: outputs.length === 0 ? undefined : outputs,
    others,
  };
}

/** Without what only says which event it is; Azure's emitters put the rest into one text. */
function contentOf(body: JsonObject): JsonObject {
  const content: JsonObject = { ...body };
  for (const key of NO_CONTENT) delete content[key];
  const whole = content['gen_ai.event.content'];
  const inside = whole === undefined ? undefined : parsed(whole);
  if (!isObject(inside)) return content;
  delete content['gen_ai.event.content'];
  return beside({ ...inside }, content);
}

function messageOf(role: string, { role: said, id, ...more }: JsonObject): JsonObject {
  const message: JsonObject = flatMessage({ role: said ?? role, ...more });
  // The id of a tool's message is that of the call that it answers.
  return beside(message, role === 'tool' ? { tool_call_id: id } : { id });
}

/** A choice has its message inside, beside its number and why it ended. */
function choiceOf({ message, index, ...more }: JsonObject): JsonObject {
  const inner = message === undefined ? undefined : parsed(message);
  const said: JsonObject = isObject(inner) ? { ...inner } : inner === undefined ? {} : { content: inner };
  return beside(messageOf('assistant', beside(said, more)), index === 0 ? {} : { index });
}

function contentList(role: string, body: JsonObject, key: string): JsonValue[] {
  const { [key]: content, ...more } = contentOf(body);
  const inner = content === undefined ? undefined : parsed(content);
  if (Array.isArray(inner) && inner.every(isObject) && Object.keys(more).length === 0)
    return inner.map((one) => flatMessage({ role, ...one }));
  const said: JsonObject = inner === undefined ? {} : { content: inner };
  return [messageOf(role, beside(said, more))];
}
