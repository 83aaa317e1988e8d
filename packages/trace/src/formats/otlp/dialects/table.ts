import type { JsonValue } from '../../../model/json.ts';
import type { Dialect, KindWord, Pair, Place, Rule, Slot } from './rule.ts';
import { SLOTS } from './rule.ts';

/** A slot by its number: rules are looked up for every attribute of every span, and a name would be hashed each time. */
export const AT = Object.fromEntries(SLOTS.map((slot, at) => [slot, at])) as { readonly [S in Slot]: number };

/** In place of a slot: the rule gives several slots, which are all that the attribute says, or only some of it. */
export const WHOLE = -1;
export const PARTS = -2;

/** A rule as it is applied. Of several with a value for one slot that of the lowest rank wins. */
export type Applied = {
  readonly rank: number;
  /** Of the slot; below 0 where `read` gives the values of several slots: WHOLE or PARTS. */
  readonly slot: number;
  readonly read: (value: JsonValue) => unknown;
};

/** A gathering, with the place of its attributes in the reading. */
export type Gathered = {
  readonly rank: number;
  readonly slot: number;
  readonly gather: (pairs: readonly Pair[]) => unknown;
};

/** What a key means: rules for its value, and the gathering that it is a part of. */
export type Meaning = {
  readonly rules: readonly Applied[];
  readonly gathering: number;
  readonly path: string;
};

/** A table without gatherings has nothing to wait for. */
const NEVER_LAST = 1e9;

const NOTHING: Meaning = { rules: [], gathering: -1, path: '' };

/** Keys that a table remembers beyond those of its rules: what they mean need not be found out again. */
const MOST_REMEMBERED = 5000;

/** The rules of some dialects, by key: one look-up for each attribute, however many dialects there are. */
export class RuleTable {
  readonly gatherings: readonly Gathered[];
  /** Rules of a higher rank wait for the gatherings: theirs are long values that are mostly said in more detail as well. */
  readonly lastGathering: number;
  readonly #meanings = new Map<string, Meaning>();
  /** Gatherings by prefix, in lists by the prefix's first step. */
  readonly #prefixes = new Map<string, { prefix: string; gathering: number }[]>();
  readonly #dialects: Dialect[] = [];
  readonly #names: (readonly [RegExp, KindWord])[];
  readonly #events: ReadonlySet<string>;
  readonly #most: number;

  /** In the order in which they win. */
  constructor(dialects: readonly Dialect[]) {
    const rules = new Map<string, Applied[]>();
    const gatherings: Gathered[] = [];
    const partOf = new Map<string, number>();
    for (const dialect of dialects) {
      for (const rule of dialect.rules) this.#add(rules, rule, dialect);
      for (const { prefix, keys = [], slot, gather } of dialect.gatherings ?? []) {
        const rank = this.#dialects.push(dialect) - 1;
        const number = gatherings.push({ rank, slot: slotNumber(slot), gather }) - 1;
        for (const key of keys) partOf.set(key, number);
        if (prefix !== undefined) this.#addPrefix(prefix, number);
      }
    }
    this.gatherings = gatherings;
    this.lastGathering = gatherings.at(-1)?.rank ?? NEVER_LAST;
    this.#names = dialects.flatMap(({ names = [] }) => names);
    this.#events = new Set(dialects.flatMap(({ events = [] }) => events));
    for (const key of new Set([...rules.keys(), ...partOf.keys()])) {
      const prefixed = this.#prefixed(key);
      const gathering = partOf.get(key) ?? prefixed.gathering;
      const path = partOf.has(key) ? key : prefixed.path;
      this.#meanings.set(key, { rules: rules.get(key) ?? [], gathering, path });
    }
    this.#most = this.#meanings.size + MOST_REMEMBERED;
  }

  meaning(key: string): Meaning {
    const known = this.#meanings.get(key);
    if (known !== undefined) return known;
    const found = this.#prefixed(key);
    // Keys come from data: a million different ones must not grow the table without end.
    if (this.#meanings.size < this.#most) this.#meanings.set(key, found);
    return found;
  }

  /** Where the tokens of caches stand, by the rule that gave the input. */
  cacheOf(rank: number): Place {
    return this.#dialects[rank]?.cache ?? 'unsaid';
  }

  /** Where the tokens of reasoning stand, by the rule that gave them. */
  reasoningOf(rank: number): Place {
    return this.#dialects[rank]?.reasoning ?? 'unsaid';
  }

  /** What a span of this name is. */
  byName(name: string): KindWord | undefined {
    return this.#names.length === 0 ? undefined : this.#names.find(([pattern]) => pattern.test(name))?.[1];
  }

  /** Whether the attributes of an event of this name are those of its span. */
  speaksForSpan(event: string): boolean {
    return this.#events.has(event);
  }

  #add(rules: Map<string, Applied[]>, [key, slot, read]: Rule, dialect: Dialect): void {
    const rank = this.#dialects.push(dialect) - 1;
    const applied = { rank, slot: slotNumber(slot), read };
    const known = rules.get(key);
    if (known) known.push(applied);
    else rules.set(key, [applied]);
  }

  #addPrefix(prefix: string, gathering: number): void {
    const first = firstStep(prefix);
    const known = this.#prefixes.get(first);
    if (known) known.push({ prefix, gathering });
    else this.#prefixes.set(first, [{ prefix, gathering }]);
  }

  #prefixed(key: string): Meaning {
    const found = this.#prefixes.get(firstStep(key))?.find(({ prefix }) => key.startsWith(prefix));
    return found === undefined
      ? NOTHING
      : { rules: [], gathering: found.gathering, path: key.slice(found.prefix.length) };
  }
}

function slotNumber(slot: Slot | 'parts' | 'whole'): number {
  if (slot === 'whole') return WHOLE;
  return slot === 'parts' ? PARTS : AT[slot];
}

function firstStep(key: string): string {
  const dot = key.indexOf('.');
  return dot < 0 ? key : key.slice(0, dot);
}
