import { type JsonObject, type JsonValue, putField } from '../../../model/json.ts';
import type { OtlpAttributes } from '../request.ts';
import { type Pair, type Parts, type Place, SLOTS, type Slot } from './rule.ts';
import { type Applied, AT, type RuleTable, WHOLE } from './table.ts';

const NO_RANK = 1e9;
/** More uses than there are: the attribute is kept, whatever is used of it. */
const NEVER = 1e9;

/**
 * What the attributes of a span mean. One is made for a request and used for its spans in turn, so that reading a span
 * makes nothing but the values.
 */
export class Slots {
  #table: RuleTable | undefined;
  #attributes: OtlpAttributes = { keys: [], values: [] };
  readonly #values = new Array<JsonValue | undefined>(SLOTS.length).fill(undefined);
  readonly #ranks = new Array<number>(SLOTS.length).fill(NO_RANK);
  /** The attribute behind a slot's value; below 0 a gathering's, counted from -1 down. */
  readonly #sources = new Array<number>(SLOTS.length).fill(0);
  /** Slots with a value. */
  #filled: number[] = [];
  /** How many slots of an attribute a field has yet to say; at 0 the attribute need not be kept. */
  #unsaid: number[] = [];
  /** The same of each gathering, by its number, and its attributes. */
  #gatherUnsaid: number[] = [];
  #parts: (number[] | undefined)[] = [];

  read(table: RuleTable, attributes: OtlpAttributes): this {
    this.#clear();
    this.#table = table;
    this.#attributes = attributes;
    const { keys, values } = attributes;
    let gathers = false;
    let waiting = false;
    for (let at = 0; at < keys.length; at++) {
      this.#unsaid.push(1);
      const { rules, gathering } = table.meaning(keys[at]!);
      for (const rule of rules) {
        if (rule.rank > table.lastGathering) waiting = true;
        else this.#apply(rule, at, values[at]!);
      }
      if (gathering < 0) continue;
      gathers = true;
      const known = this.#parts[gathering];
      if (known) known.push(at);
      else this.#parts[gathering] = [at];
    }
    if (gathers) this.#gather(table);
    if (!waiting) return this;
    for (let at = 0; at < keys.length; at++)
      for (const rule of table.meaning(keys[at]!).rules)
        if (rule.rank > table.lastGathering) this.#apply(rule, at, values[at]!);
    return this;
  }

  get(slot: Slot): JsonValue | undefined {
    return this.#values[AT[slot]];
  }

  text(slot: Slot): string | undefined {
    const value = this.#values[AT[slot]];
    return typeof value === 'string' ? value : undefined;
  }

  number(slot: Slot): number | undefined {
    const value = this.#values[AT[slot]];
    return typeof value === 'number' ? value : undefined;
  }

  /** Where the tokens of caches stand in what gave the input. */
  get cache(): Place {
    return this.#values[AT.cacheBeside] === true
      ? 'beside'
      : (this.#table?.cacheOf(this.#ranks[AT.inputTokens]!) ?? 'unsaid');
  }

  /** Where the tokens of reasoning stand in what gave them. */
  get reasoning(): Place {
    return this.#table?.reasoningOf(this.#ranks[AT.reasoningTokens]!) ?? 'unsaid';
  }

  /** A field of the record says what the slot's value says: its attributes need not be kept as well. To be said once. */
  use(slot: Slot): void {
    const number = AT[slot];
    if (this.#values[number] === undefined) return;
    const source = this.#sources[number]!;
    if (source >= 0) this.#unsaid[source]!--;
    else if (--this.#gatherUnsaid[-1 - source]! === 0)
      for (const at of this.#parts[-1 - source]!) this.#unsaid[at] = 0;
  }

  /** The attributes that no field says; undefined when there are none. */
  rest(): JsonObject | undefined {
    const { keys, values } = this.#attributes;
    let rest: JsonObject | undefined;
    for (let at = 0; at < keys.length; at++) {
      if (this.#unsaid[at]! <= 0) continue;
      rest ??= {};
      putField(rest, keys[at]!, values[at]);
    }
    return rest;
  }

  #apply({ rank, slot, read }: Applied, at: number, value: JsonValue): void {
    if (slot >= 0) {
      if (rank > this.#ranks[slot]!) return;
      const meaning = read(value) as JsonValue | undefined;
      if (meaning !== undefined) this.#fill(slot, rank, at, meaning);
      return;
    }
    const filled = this.#fillParts(rank, at, read(value) as Parts | undefined);
    this.#unsaid[at] = slot === WHOLE ? Math.max(1, filled) : NEVER;
  }

  #fill(slot: number, rank: number, source: number, value: JsonValue): void {
    if (this.#values[slot] === undefined) this.#filled.push(slot);
    this.#values[slot] = value;
    this.#ranks[slot] = rank;
    this.#sources[slot] = source;
  }

  /** Gives the number of values, whether they won or not. */
  #fillParts(rank: number, source: number, parts: Parts | undefined): number {
    let given = 0;
    for (const slot in parts) {
      const value = parts[slot as Slot];
      if (value === undefined) continue;
      given++;
      const number = AT[slot as Slot];
      if (rank <= this.#ranks[number]!) this.#fill(number, rank, source, value);
    }
    return given;
  }

  #gather(table: RuleTable): void {
    const { keys, values } = this.#attributes;
    for (const [number, { rank, slot, gather }] of table.gatherings.entries()) {
      const parts = this.#parts[number];
      if (parts === undefined || (slot >= 0 && rank > this.#ranks[slot]!)) continue;
      const meaning = gather(parts.map((at): Pair => [table.meaning(keys[at]!).path, values[at]!]));
      this.#gatherUnsaid[number] = 1;
      if (meaning === undefined) continue;
      if (slot >= 0) this.#fill(slot, rank, -1 - number, meaning as JsonValue);
      else {
        const filled = this.#fillParts(rank, -1 - number, meaning as Parts);
        this.#gatherUnsaid[number] = slot === WHOLE ? Math.max(1, filled) : NEVER;
      }
    }
  }

  #clear(): void {
    for (const slot of this.#filled) {
      this.#values[slot] = undefined;
      this.#ranks[slot] = NO_RANK;
    }
    if (this.#filled.length > 0) this.#filled = [];
    if (this.#unsaid.length > 0) this.#unsaid = [];
    if (this.#gatherUnsaid.length > 0) this.#gatherUnsaid = [];
    if (this.#parts.length > 0) this.#parts = [];
  }
}
