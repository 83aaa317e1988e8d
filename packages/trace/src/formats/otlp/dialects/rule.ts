import {
  asCount,
  asNumber,
  asString,
  type JsonObject,
  type JsonValue,
  nestsDeeperThan,
} from '../../../model/json.ts';
import type { SpanKind } from '../../../model/span.ts';

/** What attributes can say about a span or its run. Each slot is filled by the rule of the lowest rank that has a value. */
export const SLOTS = [
  /** A KindWord: what the span says it is. */
  'kind',
  /** A KindWord: what it must be, by an attribute that only such spans have. */
  'guess',
  'responseModel',
  'requestModel',
  'provider',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'totalTokens',
  /** Several counts in one object: TokenCounts. */
  'counts',
  'costUsd',
  /** Milliseconds from the span's start to its first token. */
  'firstTokenMs',
  /** The same as a point in time. */
  'firstTokenAt',
  'toolName',
  'toolCallId',
  'inputs',
  'outputs',
  /** Instructions that stand beside the messages. */
  'system',
  'responseId',
  'finishReasons',
  'errorType',
  'errorMessage',
  'errorStack',
  'agentName',
  /** A name that means the tool or the agent, by the span's kind. */
  'entityName',
  'sessionId',
  'user',
  'project',
  'runName',
  'task',
  'environment',
  'release',
  /** A list of scores. */
  'scores',
  'asRoot',
  /** The span is a copy that says that another one began: the real parent's id. */
  'pendingParent',
  'spanType',
  /** Fields of our own records, written by our own writer. */
  'own',
] as const;
export type Slot = (typeof SLOTS)[number];

export type Read = (value: JsonValue) => JsonValue | undefined;

/** An attribute that means something: its key, what it fills, and how its value is read (undefined: not at all). */
export type Rule = readonly [key: string, slot: Slot, read: Read, more?: { readonly keep: true }];

/** Attributes that mean something only together: by their keys, or by a prefix before an index. */
export type Gathering = {
  readonly prefix?: string;
  /** What follows the prefix need not be an index. */
  readonly anything?: true;
  readonly keys?: readonly string[];
  readonly slot: Slot;
  gather(pairs: readonly Pair[]): JsonValue | undefined;
};
export type Pair = readonly [path: string, value: JsonValue];

/** Whether cached tokens stand inside the input and reasoning inside the output, beside them, or who knows. */
export type TokenBasis = 'subset' | 'additive' | 'unsaid';

export type Dialect = {
  readonly name: string;
  readonly basis: TokenBasis;
  /** In the order in which they win. */
  readonly rules: readonly Rule[];
  readonly gatherings?: readonly Gathering[];
};

export type KindWord = { readonly kind: SpanKind; readonly role?: string };

/** A source's word for a kind by a table, whatever its case; a word that is not there is a task of that role. */
export function kindBy(table: Readonly<Record<string, KindWord>>): Read {
  return (value) => {
    const word = asString(value);
    if (word === undefined) return undefined;
    const lower = word.toLowerCase();
    const known = Object.hasOwn(table, lower) ? table[lower] : undefined;
    return (known ?? { kind: 'task', role: word }) as JsonObject;
  };
}

/** The attribute's being there is what counts. */
export function means(kind: SpanKind, role?: string): Read {
  const word: JsonObject = role === undefined ? { kind } : { kind, role };
  return () => word;
}

export const text: Read = asString;

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

/** Lists, a list in a text, or one word: emitters have all three. */
export const words: Read = (value) => {
  const plain = parsed(value);
  if (Array.isArray(plain)) return plain.length === 0 ? undefined : plain;
  return typeof plain === 'string' && plain !== '' ? [plain] : undefined;
};
