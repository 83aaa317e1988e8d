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

/** The objects of a flattened list, without the name that each of them stands under (`message`, `document`). */
export function flatList(pairs: readonly Pair[], inside?: string): JsonObject[] {
  const list = unflatten(pairs);
  const objects = (Array.isArray(list) ? list : [list]).filter(isObject);
  if (inside === undefined) return objects;
  return objects.map((one) => (isObject(one[inside]) ? one[inside] : one));
}

/** A call of a tool, by whatever names its parts go. */
function toolUse(call: JsonObject): JsonObject {
  const inner = isObject(call.tool_call) ? call.tool_call : call;
  const named = isObject(inner.function) ? inner.function : inner;
  const input = named.arguments === undefined ? undefined : parsed(named.arguments);
  return {
    type: 'tool_use',
    ...(inner.id !== undefined && { id: inner.id }),
    ...(named.name !== undefined && { name: named.name }),
    ...(input !== undefined && { input }),
  };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** A flattened message (OpenInference's or OpenLLMetry's) as a message with content. */
export function flatMessage(message: JsonObject): JsonObject {
  const {
    content,
    contents,
    tool_calls: calls,
    function_call_name: name,
    function_call_arguments_json: args,
    ...more
  } = message;
  const { role, ...others } = more;
  const said: JsonValue[] = [];
  for (const item of listOf(contents)) {
    const inner = isObject(item) && isObject(item.message_content) ? item.message_content : item;
    said.push(inner);
  }
  const plain = content === undefined ? undefined : parsed(content);
  if (plain !== undefined && plain !== '' && said.length === 0) {
    if (Array.isArray(plain)) said.push(...plain);
    else said.push(plain);
  }
  const uses = listOf(calls).filter(isObject).map(toolUse);
  if (name !== undefined) uses.push(toolUse({ name, ...(args !== undefined && { arguments: args }) }));
  const only = said.length === 1 && uses.length === 0 && !Array.isArray(plain) ? said[0] : undefined;
  const body =
    only !== undefined && (contents === undefined || typeof only === 'string')
      ? only
      : [...said.map((item) => (typeof item === 'string' ? { type: 'text', text: item } : item)), ...uses];
  return { role: role ?? 'assistant', content: body, ...others };
}
