import { asNumber, asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import type { Place } from '../text-window.ts';

/** An event of a trace as it is read: ids as text, times in µs on the trace's own clock. */
export type ReadEvent = {
  /** Position in the file: the order of events at one time, and the id of what begins here. */
  readonly index: number;
  /** Where it stands in the file. */
  readonly place: Place;
  readonly ph: string;
  readonly name: string;
  readonly cat: string;
  /** NaN when it has none. */
  readonly ts: number;
  readonly dur: number | undefined;
  readonly pid: string;
  readonly tid: string;
  /** Category, scope and id: what belongs together across threads. */
  readonly id: string | undefined;
  readonly args: JsonObject;
  /** Fields without a meaning to the reader: they become attributes. */
  readonly more: JsonObject | undefined;
  /** Scope of an instant: `t` thread, `p` process, `g` global. */
  readonly scope: 't' | 'p' | 'g';
  /** A flow's end belongs to the slice around it, not to the next one. */
  readonly enclosing: boolean;
  readonly flows: { id: string; in: boolean; out: boolean } | undefined;
};

const KNOWN = new Set([
  ...['name', 'cat', 'ph', 'ts', 'dur', 'pid', 'tid', 'args', 'id', 'id2', 'scope', 's', 'bp'],
  ...['bind_id', 'flow_in', 'flow_out', 'tacho'],
]);

/** Where ids are told apart in keys: nothing in a trace contains it. */
const BETWEEN = '\u0000';

/** A later time could not be written in µs any more; an earlier one than its negative neither. */
const LAST_TS = 1e17;

export function readEvent(value: JsonObject, index: number, place: Place): ReadEvent {
  const cat = asString(value.cat) ?? '';
  const pid = asString(value.pid) ?? '0';
  const ts = asNumber(value.ts);
  return {
    index,
    place,
    ph: asString(value.ph) ?? '',
    name: asString(value.name) ?? '',
    cat,
    ts: ts === undefined || Math.abs(ts) > LAST_TS ? Number.NaN : ts,
    dur: asNumber(value.dur) ?? asNumber(value.tdur),
    pid,
    tid: asString(value.tid) ?? pid,
    id: value.id === undefined && value.id2 === undefined ? undefined : idOf(value, cat, pid),
    args: isObject(value.args) ? value.args : {},
    more: moreOf(value),
    scope: value.s === 'p' || value.s === 'g' ? value.s : 't',
    enclosing: value.bp === 'e',
    flows: value.bind_id === undefined ? undefined : flowsOf(value),
  };
}

function moreOf(value: JsonObject): JsonObject | undefined {
  let more: JsonObject | undefined;
  for (const field in value) {
    if (KNOWN.has(field)) continue;
    more ??= {};
    putField(more, field, value[field]);
  }
  const { args } = value;
  if (args === undefined || args === null || isObject(args)) return more;
  return { ...more, args };
}

/** `id` and `id2.global` are the same in all processes, `id2.local` in one. */
function idOf(value: JsonObject, cat: string, pid: string): string | undefined {
  const id2 = isObject(value.id2) ? value.id2 : {};
  const local = asString(id2.local);
  const id = local === undefined ? (asString(id2.global) ?? asString(value.id)) : `${pid}/${local}`;
  return id === undefined ? undefined : keyOf(cat, asString(value.scope) ?? '', id);
}

/** The id as it stands in the file. */
export function statedId({ id }: ReadEvent): string | undefined {
  return id?.split(BETWEEN).at(-1);
}

function flowsOf(value: JsonObject): ReadEvent['flows'] {
  const id = asString(value.bind_id);
  const [into, out] = [value.flow_in === true, value.flow_out === true];
  return id === undefined || !(into || out) ? undefined : { id: keyOf('bind', id), in: into, out };
}

export function keyOf(...parts: readonly string[]): string {
  return parts.join(BETWEEN);
}

/** Arguments, with the fields that have no meaning to us beside them: arguments of the same name win. */
export function withMore(args: JsonObject, more: JsonObject | undefined): JsonObject {
  if (more === undefined) return args;
  const all: JsonObject = {};
  for (const object of [more, args])
    for (const name of Object.keys(object)) putField(all, name, object[name] as JsonValue);
  return all;
}
