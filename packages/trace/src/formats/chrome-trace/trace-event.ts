import { asNumber, asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';

/** An event of a trace as it is read: ids as text, times in µs on the trace's own clock. */
export type ReadEvent = {
  /** Position in the file: the order of events at one time, and the id of what begins here. */
  readonly index: number;
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
  readonly more: JsonObject;
  /** Scope of an instant: `t` thread, `p` process, `g` global. */
  readonly scope: string;
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

export function readEvent(value: JsonObject, index: number): ReadEvent {
  const name = asString(value.name) ?? '';
  const cat = asString(value.cat) ?? '';
  const pid = asString(value.pid) ?? '0';
  const ts = asNumber(value.ts);
  const args: JsonObject = isObject(value.args) ? value.args : {};
  const more: JsonObject = {};
  for (const field in value) if (!KNOWN.has(field)) putField(more, field, value[field]);
  if (value.args !== undefined && value.args !== null && !isObject(value.args)) more.args = value.args;
  return {
    index,
    ph: asString(value.ph) ?? '',
    name,
    cat,
    ts: ts === undefined || Math.abs(ts) > LAST_TS ? Number.NaN : ts,
    dur: asNumber(value.dur) ?? asNumber(value.tdur),
    pid,
    tid: asString(value.tid) ?? pid,
    id: idOf(value, cat, pid),
    args,
    more,
    scope: asString(value.s) ?? 't',
    enclosing: value.bp === 'e',
    flows: flowsOf(value),
  };
}

/** `id` and `id2.global` are the same in all processes, `id2.local` in one. */
function idOf(value: JsonObject, cat: string, pid: string): string | undefined {
  const id2 = isObject(value.id2) ? value.id2 : {};
  const local = asString(id2.local);
  const id = local === undefined ? (asString(id2.global) ?? asString(value.id)) : `${pid}/${local}`;
  return id === undefined ? undefined : [cat, asString(value.scope) ?? '', id].join(BETWEEN);
}

function flowsOf(value: JsonObject): ReadEvent['flows'] {
  const id = asString(value.bind_id);
  const [into, out] = [value.flow_in === true, value.flow_out === true];
  return id === undefined || !(into || out) ? undefined : { id: `bind${BETWEEN}${id}`, in: into, out };
}

export function keyOf(...parts: readonly string[]): string {
  return parts.join(BETWEEN);
}

/** Attributes from an event's arguments and the fields that have no meaning to us. */
export function withMore(args: JsonObject, more: JsonObject): JsonObject {
  const all: JsonObject = {};
  for (const object of [more, args])
    for (const name of Object.keys(object)) putField(all, name, object[name] as JsonValue);
  return all;
}
