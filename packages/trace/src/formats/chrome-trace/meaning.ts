import {
  asCount,
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  putField,
} from '../../model/json.ts';
import type { SpanFields } from '../../model/record.ts';
import { SPAN_KINDS, statusOf } from '../../model/span.ts';
import { isUsageField, usageFrom } from '../../model/usage-fields.ts';
import { printable } from '../excerpt.ts';
import { type ReadEvent, withMore } from './trace-event.ts';

/** Categories that say what a slice is. Others are the program's own modules, and no kinds. */
const CATEGORIES: Record<string, string> = {
  ...Object.fromEntries(SPAN_KINDS.map((kind) => [kind, kind])),
  subagent: 'agent',
  generation: 'llm',
  chat: 'llm',
  tool_call: 'tool',
  retriever: 'retrieval',
  evaluator: 'evaluation',
};

/** Names that say it: the first seed's calls and judges, and the same way of naming for tools and agents. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^llm:/, 'llm'],
  [/^tool:/, 'tool'],
  [/^(agent:|panel\/)/, 'agent'],
];

/** The first seed's stages. Its events have no category: with one, these are words like any other. */
const STAGE =
  /^(planning|research|synthesis|startup|search_query|synth(_count)?|tool_loop|wiggum(_\w+)?|planner|memory|compress_knowledge|summarize_(eval|revise)|orientation|introspect)$/;

/** Token counts: the first seed's words → the stream's. */
const TOKENS: Record<string, string> = { in_tok: 'input_tokens', out_tok: 'output_tokens' };

type Taker = (fields: SpanFields, value: JsonValue) => boolean;

const text =
  (field: 'role' | 'component' | 'model' | 'provider'): Taker =>
  (fields, value) => {
    if (typeof value !== 'string' || value === '') return false;
    fields[field] = value;
    return true;
  };
const payload =
  (field: 'inputs' | 'outputs'): Taker =>
  (fields, value) => {
    fields[field] = printable(value);
    return true;
  };
const cost: Taker = (fields, value) => {
  const known = asNumber(value);
  if (known !== undefined) fields.cost_usd = known;
  return known !== undefined;
};

/** What arguments of these names mean. False: the value is not understood and stays an attribute. */
const ARGUMENTS: Record<string, Taker> = {
  kind(fields, value) {
    if (typeof value !== 'string' || value === '') return false;
    fields.kind = value;
    return true;
  },
  role: text('role'),
  component: text('component'),
  model: text('model'),
  provider: text('provider'),
  tool(fields, value) {
    if (typeof value !== 'string' && !(isObject(value) && typeof value.name === 'string')) return false;
    fields.tool = value;
    return value !== '';
  },
  tool_uses(fields, value) {
    const count = asCount(value);
    if (count !== undefined) fields.tool_uses = count;
    return count !== undefined;
  },
  status(fields, value) {
    if (typeof value !== 'string' || statusOf(value) === undefined) return false;
    fields.status = value;
    return true;
  },
  error(fields, value) {
    const message = isObject(value) ? value.message : value;
    if (typeof message !== 'string' || message === '') return false;
    fields.error = value as string;
    return true;
  },
  inputs: payload('inputs'),
  input: payload('inputs'),
  outputs: payload('outputs'),
  output: payload('outputs'),
  cost_usd: cost,
  reported_cost_usd: cost,
  attributes(_, value) {
    return isObject(value);
  },
};

/** What a slice is and says: its kind, its tokens, and everything else as attributes. */
export function meaningOf(event: ReadEvent): SpanFields {
  const fields: SpanFields = { ...(event.name !== '' && { name: event.name }) };
  const { attributes, usage } = sorted(withMore(event.args, event.more), fields);
  if (usage !== undefined) fields.usage = usage;
  const kind = fields.kind ?? kindOf(event, fields);
  if (kind !== undefined) fields.kind = kind;
  if (event.cat !== '' && event.cat !== kind) attributes.cat = event.cat;
  if (Object.keys(attributes).length > 0) fields.attributes = attributes;
  return fields;
}

function sorted(args: JsonObject, fields: SpanFields): { attributes: JsonObject; usage?: JsonObject } {
  const attributes: JsonObject = {};
  const tokens: JsonObject = {};
  const nested = isObject(args.attributes) ? args.attributes : {};
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined) continue;
    const counted = Object.hasOwn(TOKENS, name) ? TOKENS[name]! : isUsageField(name) ? name : undefined;
    if (counted !== undefined && asCount(value) !== undefined) tokens[counted] ??= asCount(value)!;
    else if (!(Object.hasOwn(ARGUMENTS, name) && ARGUMENTS[name]!(fields, value)))
      putField(attributes, name, printable(value));
  }
  for (const [name, value] of Object.entries(nested)) putField(attributes, name, printable(value));
  if (usageFrom(tokens) !== undefined) return { attributes, usage: tokens };
  for (const [name, value] of Object.entries(tokens)) attributes[name] = value;
  return { attributes };
}

function kindOf(event: ReadEvent, fields: SpanFields): string | undefined {
  for (const word of event.cat.toLowerCase().split(/[,\s]+/))
    if (Object.hasOwn(CATEGORIES, word)) return CATEGORIES[word];
  for (const [pattern, kind] of NAMES) if (pattern.test(event.name)) return kind;
  if (fields.usage !== undefined) return 'llm';
  if (fields.tool !== undefined) return 'tool';
  return event.cat === '' && STAGE.test(event.name) ? 'stage' : undefined;
}

/** The first token of a call that says how long it read and how long it wrote, in ms before its end; undefined otherwise. */
export function firstTokenMs(args: JsonObject, durationMs: number): number | undefined {
  const written = asNumber(args.eval_ms);
  const stated = asNumber(args.first_token_ms);
  const known = stated ?? (written === undefined ? undefined : durationMs - written);
  return known !== undefined && known >= 0 && known <= durationMs ? known : undefined;
}

/** The name of a call's stage: `llm:synthesis` is a call of the stage `synthesis`. */
export function stageOf(event: ReadEvent): string | undefined {
  return /^llm:(.+)$/.exec(event.name)?.[1] ?? asString(event.args.stage);
}
