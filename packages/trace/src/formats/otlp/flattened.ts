import { isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { type Pair, parsed } from './dialects/rule.ts';

/** Deeper paths than this are kept in one piece: no convention has them. */
const MAX_STEPS = 12;

/** What stands below a step: values, and what goes on below them. */
type Steps = Map<string, Steps | JsonValue>;

/**
 * Lists and objects out of keys that spell their paths (`0.message.tool_calls.1.id`). Steps are numbers or names; lists
 * are as long as they have elements, whatever the numbers say: a hostile 999999999 makes no list of that length.
 */
export function unflatten(pairs: readonly Pair[]): JsonValue {
  const root: Steps = new Map();
  for (const [path, value] of pairs) {
    const steps = path.split('.', MAX_STEPS);
    const last = steps.pop()!;
    let at = root;
    for (const step of steps) {
      const below = at.get(step);
      if (below instanceof Map) at = below;
      else {
        // A value stands where others go on below it: it keeps its place under the empty name.
        const next: Steps = new Map(below === undefined ? [] : [['', below]]);
        at.set(step, next);
        at = next;
      }
    }
    const there = at.get(last);
    if (there instanceof Map) there.set('', value);
    else at.set(last, value);
  }
  return plain(root);
}

const NUMBER = /^\d+$/;

/** Steps that are all numbers are a list. As deep as MAX_STEPS: values are not entered. */
function plain(steps: Steps): JsonValue {
  const below = [...steps].map(
    ([name, value]) => [name, value instanceof Map ? plain(value) : value] as const,
  );
  if (below.length > 0 && below.every(([name]) => NUMBER.test(name)))
    return below.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  const object: JsonObject = {};
  for (const [name, value] of below) putField(object, name, value);
  return object;
}

/** Fields of `more` beside those of `object`, in place. One of a name that is there with another value goes by `other_…`. */
export function beside(object: JsonObject, more: JsonObject): JsonObject {
  for (const name of Object.keys(more)) {
    if (more[name] === undefined || (Object.hasOwn(object, name) && object[name] === more[name])) continue;
    let free = name;
    while (Object.hasOwn(object, free) && object[free] !== undefined) free = `other_${free}`;
    putField(object, free, more[name]);
  }
  return object;
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
    const { [inside]: inner, ...outer } = one;
    return beside({ ...(inner as JsonObject) }, outer);
  });
}

/** What a call of a tool is called where every call is one. */
const CALLS = new Set<JsonValue | undefined>(['function', 'tool_call', 'tool_use', undefined]);

/** A call of a tool, by whatever names its parts go. */
function toolUse(call: JsonObject): JsonObject {
  const { tool_call: wrapped, ...outer } = call;
  const { function: named, ...unwrapped } = isObject(wrapped) ? beside({ ...wrapped }, outer) : call;
  const { type, ...said } = isObject(named)
    ? beside({ ...named }, unwrapped)
    : beside({ ...unwrapped }, { function: named });
  const { id, name, arguments: args, ...more } = said;
  const use: JsonObject = { type: 'tool_use' };
  if (id !== undefined) use.id = id;
  if (name !== undefined) use.name = name;
  if (args !== undefined) use.input = parsed(args);
  if (!CALLS.has(type)) use.call_type = type;
  return beside(use, more);
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Blocks of a message: of texts and blocks, and of what stands in `message_content` (OpenInference). */
function blocksOf(content: JsonValue | undefined, contents: JsonValue | undefined): JsonValue[] {
  const said = content === undefined || content === '' ? [] : listOf(parsed(content)).slice();
  for (const item of listOf(contents)) {
    if (isObject(item) && isObject(item.message_content)) {
      const { message_content: inner, ...outer } = item;
      said.push(beside({ ...inner }, outer));
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
