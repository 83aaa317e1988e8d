import { isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { type Pair, parsed } from './dialects/rule.ts';

/** Deeper paths than this are kept in one piece: no convention has them. */
const MAX_STEPS = 12;

/**
 * Lists and objects out of keys that spell their paths (`0.message.tool_calls.1.id`). Steps are numbers or names; lists
 * are as long as they have elements, whatever the numbers say: a hostile 999999999 makes no list of that length.
 */
export function unflatten(pairs: readonly Pair[]): JsonValue {
  const root: JsonObject = {};
  for (const [path, value] of pairs) {
    const steps = path.split('.', MAX_STEPS);
    let at = root;
    for (const step of steps.slice(0, -1)) {
      const below = Object.hasOwn(at, step) ? at[step] : undefined;
      if (isObject(below)) at = below;
      else {
        // A value stands where others go on below it: it keeps its place under the empty name.
        const next: JsonObject = below === undefined ? {} : { '': below };
        putField(at, step, next);
        at = next;
      }
    }
    putField(at, steps.at(-1)!, value);
  }
  return listed(root);
}

/** Objects whose names are all numbers are lists. As deep as MAX_STEPS, since values are not entered. */
function listed(value: JsonObject, depth = 0): JsonValue {
  const names = Object.keys(value);
  if (depth < MAX_STEPS)
    for (const name of names) {
      const below = value[name];
      if (isObject(below)) putField(value, name, listed(below, depth + 1));
    }
  if (names.length === 0 || !names.every((name) => /^\d+$/.test(name))) return value;
  return names.sort((a, b) => Number(a) - Number(b)).map((name) => value[name]!);
}

/**
 * The objects of a flattened list, without the name that each of them stands under (`message`, `document`). A bare value is
 * an object with it as its content.
 */
export function flatList(pairs: readonly Pair[], inside?: string): JsonObject[] {
  const list = unflatten(pairs);
  return (Array.isArray(list) ? list : [list]).map((one) => {
    if (!isObject(one)) return { content: one };
    if (inside === undefined || !isObject(one[inside])) return one;
    const { [inside]: inner, ...beside } = one;
    return { ...beside, ...(inner as JsonObject) };
  });
}

/** A call of a tool, by whatever names its parts go. */
function toolUse(call: JsonObject): JsonObject {
  const { tool_call: wrapped, ...outer } = call;
  const { function: inner, ...beside } = isObject(wrapped) ? { ...outer, ...wrapped } : call;
  const { type, id, ...others } = beside;
  const { name, arguments: args, ...more } = isObject(inner) ? inner : others;
  const kept = isObject(inner)
    ? { ...others, ...more }
    : { ...(inner !== undefined && { function: inner }), ...more };
  const input = args === undefined ? undefined : parsed(args);
  return {
    ...kept,
    type: 'tool_use',
    ...(type !== undefined && !CALLS.has(type) && { call_type: type }),
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(input !== undefined && { input }),
  };
}

/** What a call of a tool is called where every call is one. */
const CALLS = new Set<JsonValue>(['function', 'tool_call', 'tool_use']);

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Blocks of a message: of texts and blocks, and of what stands in `message_content` (OpenInference). */
function blocksOf(content: JsonValue | undefined, contents: JsonValue | undefined): JsonValue[] {
  const plain = content === undefined ? undefined : parsed(content);
  const said = Array.isArray(plain) ? [...plain] : plain === undefined || plain === '' ? [] : [plain];
  for (const item of listOf(contents)) {
    if (isObject(item) && isObject(item.message_content)) {
      const { message_content: inner, ...beside } = item;
      said.push({ ...beside, ...inner });
    } else said.push(item);
  }
  return said;
}

/** A flattened message (OpenInference's or OpenLLMetry's) as a message with content. */
export function flatMessage(message: JsonObject): JsonObject {
  const {
    role,
    content,
    contents,
    tool_calls: calls,
    function_call_name: name,
    function_call_arguments_json: args,
    ...others
  } = message;
  const said = blocksOf(content, contents);
  const uses = listOf(calls).map((call) => toolUse(isObject(call) ? call : { name: call }));
  if (name !== undefined || args !== undefined)
    uses.push(
      toolUse({ ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) }),
    );
  const [first] = said;
  const alone = said.length === 1 && uses.length === 0;
  const body =
    alone && (typeof first === 'string' || (contents === undefined && !isList(content)))
      ? first
      : [...said.map((item) => (typeof item === 'string' ? { type: 'text', text: item } : item)), ...uses];
  return { role: role ?? 'assistant', content: body, ...others };
}

function isList(content: JsonValue | undefined): boolean {
  return content !== undefined && Array.isArray(parsed(content));
}

/** Messages whose keys spell their paths, the number first. */
export function flatMessages(pairs: readonly Pair[]): JsonValue {
  return flatList(pairs).map(flatMessage);
}
