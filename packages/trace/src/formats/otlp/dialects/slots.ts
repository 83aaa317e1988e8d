import type { JsonValue } from '../../../model/json.ts';
import type { OtlpAttributes } from '../request.ts';
import { genAi } from './gen-ai.ts';
import { openInference, plainValues } from './open-inference.ts';
import { openLlmetry } from './open-llmetry.ts';
import type { Dialect, Slot } from './rule.ts';
import { vercelAi } from './vercel-ai.ts';

/** Every dialect, in the order in which they win. */
const DIALECTS: readonly Dialect[] = [genAi, vercelAi, openInference, openLlmetry, plainValues];

/** Slots whose value a record always carries: their attribute need not be kept as well. Every other one stays an attribute. */
const WRITTEN: ReadonlySet<Slot> = new Set<Slot>([
  'kind',
  'provider',
  'responseModel',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'inputs',
  'outputs',
  'responseId',
  'sessionId',
]);

export type Slots = { readonly [S in Slot]?: JsonValue };

/** What the attributes of a span mean, and the keys that were understood. */
export function slotsOf(attributes: OtlpAttributes): { slots: Slots; used: ReadonlySet<string> } {
  const values = new Map(attributes.keys.map((key, at) => [key, attributes.values[at]!]));
  const slots: { [S in Slot]?: JsonValue } = {};
  const used = new Set<string>();
  for (const { rules, gatherings = [] } of DIALECTS) {
    for (const [key, slot, read, more] of rules) {
      const value = values.get(key);
      const meaning = value === undefined ? undefined : read(value);
      if (meaning === undefined) continue;
      if (more?.keep !== true && slots[slot] === undefined && WRITTEN.has(slot)) used.add(key);
      slots[slot] ??= meaning;
    }
    for (const { prefix, slot, gather } of gatherings) {
      if (prefix === undefined) continue;
      const mine = [...values].filter(([key]) => key.startsWith(prefix));
      if (mine.length === 0) continue;
      const meaning = gather(mine.map(([key, value]) => [key.slice(prefix.length), value] as const));
      if (meaning === undefined) continue;
      if (slots[slot] === undefined && WRITTEN.has(slot)) for (const [key] of mine) used.add(key);
      slots[slot] ??= meaning;
    }
  }
  return { slots, used };
}
