/** What events of a phase stand for. */
export type Role = 'whole' | 'begin' | 'end' | 'point' | 'flow';

/** What events of a phase belong to: a thread, or what has one id, or one id and name (the old kind). */
export type Owner = 'thread' | 'id' | 'id and name';

export type Phase = { readonly role: Role; readonly owner: Owner };

const ROWS: readonly (readonly [letters: string, Role, Owner])[] = [
  ['X', 'whole', 'thread'],
  ['B', 'begin', 'thread'],
  ['E', 'end', 'thread'],
  ['iIR', 'point', 'thread'],
  ['stf', 'flow', 'thread'],
  ['b', 'begin', 'id'],
  ['e', 'end', 'id'],
  ['n', 'point', 'id'],
  ['S', 'begin', 'id and name'],
  ['F', 'end', 'id and name'],
  ['Tp', 'point', 'id and name'],
];

/** The phases that become spans, events and links; counters (`C`) and names (`M`) stand apart, others are counted. */
export const PHASES: ReadonlyMap<string, Phase> = new Map(
  ROWS.flatMap(([letters, role, owner]) => [...letters].map((letter) => [letter, { role, owner }] as const)),
);
