import {
  asCount,
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  nestsDeeperThan,
} from '../../../model/json.ts';
import type { SpanKind } from '../../../model/span.ts';

/** What attributes can say about a span or its run. Each slot is filled by the rule of the lowest rank that has a value. */
export const SLOTS = [
  /** A KindWord: what the span says it is. */
  'kind',
  /** A word for its kind that the dialect's table does not know. */
  'kindWord',
  /** A KindWord: what it must be, by an attribute that only such spans have. */
  'guess',
  'responseModel',
  'requestModel',
  'provider',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  /** All that was written to a cache; `cacheWrite1hTokens` are among them. */
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'totalTokens',
  /** True: cached tokens stand beside the input here, whatever is usual in the dialect. */
  'cacheBeside',
  'costUsd',
  /** Milliseconds from the span's start to its first token. */
  'firstTokenMs',
  /** The same as a point in time: µs since the epoch. */
  'firstTokenAtUs',
  'toolName',
  'toolCallId',
  'inputs',
  'outputs',
  /** Instructions that stand beside the messages. */
  'system',
  'responseId',
  /** A model's answer as it came, in which its id may be. */
  'answer',
  /** True: the span failed, though its status does not say so. */
  'failed',
  'errorType',
  'errorMessage',
  'errorStack',
  /** The name of what the span carries out: of the tool, when it is one. */
  'entityName',
  'sessionId',
  'user',
  'project',
  'runName',
  /** What its run was asked to do. */
  'task',
  'environment',
  'release',
  /** A list of scores. */
  'scores',
  /** True: names the run though it has a parent. */
  'asRoot',
  /** Logfire: what the span is a copy of, and the parent of that. */
  'spanType',
  'pendingParent',
  /** Fields of our own records (dialects/own.ts). */
  'ownSpan',
  'ownRun',
] as const;
export type Slot = (typeof SLOTS)[number];

export type Read = (value: JsonValue) => JsonValue | undefined;

/** An attribute that means something: its key, what it fills, and how its value is read (undefined: not at all). */
export type SlotRule = readonly [key: string, slot: Slot, read: Read];

/**
 * An attribute that says several things at once: the value of each slot that it fills. `whole`: they are all that it says;
 * one of `parts` stays an attribute.
 */
export type PartsRule = readonly [
  key: string,
  slot: 'parts' | 'whole',
  read: (value: JsonValue) => Parts | undefined,
];
export type Parts = { readonly [S in Slot]?: JsonValue | undefined };

export type Rule = SlotRule | PartsRule;

/**
 * Attributes that mean something only together: those whose keys begin with `prefix`, or those of `keys`. `gather` is given
 * what follows the prefix, or the whole key; undefined: they mean nothing.
 */
export type Gathering = {
  readonly prefix?: string;
  readonly keys?: readonly string[];
} & (
  | { readonly slot: Slot; gather(pairs: readonly Pair[]): JsonValue | undefined }
  | { readonly slot: 'parts' | 'whole'; gather(pairs: readonly Pair[]): Parts | undefined }
);
export type Pair = readonly [path: string, value: JsonValue];

/** Where a part of a sum stands: inside the sum, beside it, or who knows (the sizes and the total decide). */
export type Place = 'inside' | 'beside' | 'unsaid';

export type Dialect = {
  /** Tokens of caches: inside the input, or beside it. */
  readonly cache: Place;
  /** Tokens of reasoning: inside the output, or beside it. */
  readonly reasoning: Place;
  /** Names of the instrumentation scopes that it is spoken in, where its keys alone could be anybody's. */
  readonly scopes?: readonly string[];
  /** In the order in which they win. */
  readonly rules: readonly Rule[];
  readonly gatherings?: readonly Gathering[];
  /** Names of the events whose attributes are the span's: what was too long for it, or not wanted on it. */
  readonly events?: readonly string[];
  /** What spans of these names are, where no attribute says it. */
  readonly names?: readonly (readonly [name: RegExp, word: KindWord])[];
};

export type KindWord = { readonly kind: SpanKind; readonly role?: string };

/** Rules for an attribute with a word for the kind: what the table knows wins over what any dialect's table does not. */
export function kindRules(key: string, table: Readonly<Record<string, KindWord>>, read: Read = text): Rule[] {
  const wordOf = (value: JsonValue): string | undefined => {
    const word = asString(read(value));
    return word?.toLowerCase() === 'unknown' ? undefined : word;
  };
  return [
    [
      key,
      'kind',
      (value) => {
        const lower = wordOf(value)?.toLowerCase();
        return lower !== undefined && Object.hasOwn(table, lower) ? (table[lower] as JsonObject) : undefined;
      },
    ],
    [key, 'kindWord', wordOf],
  ];
}

/** The attribute's being there is what counts. */
export function means(kind: SpanKind, role?: string): Read {
  const word: JsonObject = role === undefined ? { kind } : { kind, role };
  return () => word;
}

/** A text, or a number taken as one. */
export const text: Read = asString;

export const flag: Read = (value) => (value === true || value === 'true' ? true : undefined);

export const count: Read = asCount;

export const amount: Read = (value) => {
  const number = asNumber(value);
  return number === undefined || number < 0 ? undefined : number;
};

export const seconds: Read = (value) => {
  const number = amount(value) as number | undefined;
  return number === undefined ? undefined : number * 1000;
};

/** Any value; JSON in a text as what it says. */
export const json: Read = (value) => {
  const plain = parsed(value);
  return plain === null || plain === '' ? undefined : plain;
};

/** Nested deeper than this a value is kept as the text that it came as. */
const MAX_DEPTH = 100;

/** The value of a text that is JSON, by its first character a list or an object; everything else as it is. */
export function parsed(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  return parsedOr(value, value);
}

/** Every value is written as JSON: a text has quotes. Where it has none it is taken as it stands. */
export const alwaysJson: Read = (value) => {
  const plain = typeof value === 'string' ? parsedOr(value, value) : value;
  return plain === null || plain === '' ? undefined : plain;
};

function parsedOr(textValue: string, otherwise: JsonValue): JsonValue {
  try {
    const value = JSON.parse(textValue) as JsonValue;
    return nestsDeeperThan(value, MAX_DEPTH) ? otherwise : value;
  } catch {
    return otherwise;
  }
}

export const jsonText: Read = (value) => asString(alwaysJson(value));

/** The object that a text is, or that the value is already. */
export function objectOf(value: JsonValue): JsonObject | undefined {
  const plain = parsed(value);
  return isObject(plain) ? plain : undefined;
}

/** As `json`; the empty object and what Google's tools write in place of a value say nothing. */
export const filledJson: Read = (value) => {
  const plain = json(value);
  if (isObject(plain) && Object.keys(plain).length === 0) return undefined;
  return plain === 'N/A' || plain === '<not serializable>' ? undefined : plain;
};
