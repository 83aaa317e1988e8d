import {
  asCount,
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  putField,
} from '../../model/json.ts';
import type { SpanFields, UsageFields } from '../../model/record.ts';
import { SPAN_KINDS, statusOf } from '../../model/span.ts';
import { isUsageField, usageFrom } from '../../model/usage-fields.ts';
import { printable } from '../excerpt.ts';
import { type ReadEvent, withMore } from './trace-event.ts';

/** Categories that say what a slice is. Others are the program's own modules, and no kinds. */
const CATEGORIES = new Map<string, string>([
  ...SPAN_KINDS.map((kind) => [kind, kind] as const),
  ['subagent', 'agent'],
  ['generation', 'llm'],
  ['chat', 'llm'],
  ['tool_call', 'tool'],
  ['retriever', 'retrieval'],
  ['evaluator', 'evaluation'],
]);

/** Names that say it: the first seed's calls and judges, and the same way of naming for tools and agents. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^llm:/, 'llm'],
  [/^tool:/, 'tool'],
  [/^(agent:|panel\/)/, 'agent'],
];

/** The first seed's stages. Its events have no category: with one, these are words like any other. */
const STAGE =
  /^(planning|research|synthesis|startup|search_query|synth(_count)?|tool_loop|wiggum(_\w+)?|planner|memory|compress_knowledge|summarize_(eval|revise)|orientation|introspect)$/;

/** Takes an argument into the span's fields. False: the value is not understood and stays an attribute. */
type Taker = (fields: SpanFields, value: JsonValue) => boolean;

const text =
  (field: 'kind' | 'role' | 'component' | 'model' | 'provider' | 'call_key'): Taker =>
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
const tokens =
  (field: string): Taker =>
  (fields, value) => {
    const count = asCount(value);
    if (count === undefined) return false;
    fields.usage ??= {};
    (fields.usage as JsonObject)[field] ??= count;
    return true;
  };
const cost: Taker = (fields, value) => {
  const known = asNumber(value);
  if (known !== undefined) fields.cost_usd = known;
  return known !== undefined;
};

/** What arguments of these names mean: ours, the first seed's, and common ones. Names of usage buckets stand apart. */
const ARGUMENTS = new Map<string, Taker>([
  ['kind', text('kind')],
  ['role', text('role')],
  ['component', text('component')],
  ['model', text('model')],
  ['provider', text('provider')],
  ['request_id', text('call_key')],
  ['call_key', text('call_key')],
  [
    'tool',
    (fields, value) => {
      const name = isObject(value) ? value.name : value;
      if (typeof name !== 'string' || name === '') return false;
      fields.tool = value as string | JsonObject;
      return true;
    },
  ],
  [
    'tool_uses',
    (fields, value) => {
      const count = asCount(value);
      if (count !== undefined) fields.tool_uses = count;
      return count !== undefined;
    },
  ],
  [
    'status',
    (fields, value) => {
      if (typeof value !== 'string' || statusOf(value) === undefined) return false;
      fields.status = value;
      return true;
    },
  ],
  [
    'error',
    (fields, value) => {
      const message = isObject(value) ? value.message : value;
      if (typeof message !== 'string' || message === '') return false;
      fields.error = value as string;
      return true;
    },
  ],
  ['inputs', payload('inputs')],
  ['input', payload('inputs')],
  ['outputs', payload('outputs')],
  ['output', payload('outputs')],
  ['cost_usd', cost],
  ['reported_cost_usd', cost],
  [
    'usage',
    (fields, value) => {
      if (!isObject(value) || usageFrom(value) === undefined) return false;
      fields.usage = { ...(value as UsageFields), ...fields.usage };
      return true;
    },
  ],
  ['in_tok', tokens('input_tokens')],
  ['out_tok', tokens('output_tokens')],
]);

function takerOf(name: string): Taker | undefined {
  return ARGUMENTS.get(name) ?? (isUsageField(name) ? tokens(name) : undefined);
}

/** Takes what arguments say into the fields; the rest are attributes. */
export function readArguments(args: JsonObject, fields: SpanFields): JsonObject {
  const attributes: JsonObject = {};
  for (const name in args) {
    const value = args[name];
    if (value === undefined) continue;
    // Our own traces gather them under this name.
    if (name === 'attributes' && isObject(value)) {
      for (const inner of Object.keys(value)) putField(attributes, inner, printable(value[inner]));
    } else if (takerOf(name)?.(fields, value) !== true) putField(attributes, name, safe(value));
  }
  const { usage } = fields;
  if (usage !== undefined && usageFrom(usage as JsonObject) === undefined) {
    // A number of requests by itself counts no tokens.
    delete fields.usage;
    for (const [name, value] of Object.entries(usage)) attributes[name] = value;
  }
  return attributes;
}

function safe(value: JsonValue): JsonValue {
  return typeof value === 'object' ? printable(value) : value;
}

/** What a slice is, from its category, its name and what its arguments said. */
export function kindOf({ cat, name }: ReadEvent, fields: SpanFields): string | undefined {
  if (cat !== '') {
    const known = CATEGORIES.get(cat) ?? kindAmong(cat);
    if (known !== undefined) return known;
  }
  for (const [pattern, kind] of NAMES) if (pattern.test(name)) return kind;
  if (fields.usage !== undefined) return 'llm';
  if (fields.tool !== undefined) return 'tool';
  return cat === '' && STAGE.test(name) ? 'stage' : undefined;
}

function kindAmong(cat: string): string | undefined {
  for (const word of cat.toLowerCase().split(/[,\s]+/)) {
    const kind = CATEGORIES.get(word);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/** Arguments of an event that is a point in time, as attributes. */
export function attributesOf(event: ReadEvent): JsonObject {
  const attributes: JsonObject = {};
  const all = withMore(event.args, event.more);
  for (const name in all) putField(attributes, name, safe(all[name] ?? null));
  if (event.cat !== '') attributes.cat = event.cat;
  return attributes;
}

/** The first token of a call that says when it came, or how long it wrote up to its end. In ms from its start. */
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
