import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** What an object of a request holds: resources, scopes, or spans and logs. */
export type Level = 'request' | 'resource' | 'scope';

/**
 * The lists that lead down to spans and logs, by the level of the object that has them; the usual one first. `batches` is
 * what Tempo's API, and Grafana's download of a trace, call the resources of spans.
 */
const LISTS: Readonly<Record<Level, readonly string[]>> = {
  request: ['resourceSpans', 'resource_spans', 'batches', 'resourceLogs', 'resource_logs'],
  resource: [
    'scopeSpans',
    'scope_spans',
    'instrumentationLibrarySpans',
    'instrumentation_library_spans',
    'scopeLogs',
    'scope_logs',
  ],
  scope: ['spans', 'logRecords', 'log_records'],
};

/** Other members by which an object of a level is known. */
const MARKS: Readonly<Record<string, Level>> = {
  resource: 'resource',
  scope: 'scope',
  instrumentationLibrary: 'scope',
  instrumentation_library: 'scope',
};

const LEVELS = ['request', 'resource', 'scope'] as const;

export const BELOW: Readonly<Record<Level, Level | undefined>> = {
  request: 'resource',
  resource: 'scope',
  scope: undefined,
};
/** The level in whose lists objects of a level stand. */
const ABOVE: Readonly<Record<Level, Level | undefined>> = {
  request: undefined,
  resource: 'request',
  scope: 'resource',
};

export function leadsDown(level: Level, key: string): boolean {
  return LISTS[level].includes(key);
}

export function usualList(level: Level): string {
  return LISTS[level][0]!;
}

/** The level of an object that has a member of this name. */
export function levelOfKey(key: string): Level | undefined {
  for (const level of LEVELS) if (LISTS[level].includes(key)) return level;
  return Object.hasOwn(MARKS, key) ? MARKS[key] : undefined;
}

export const LEAF_KEYS: readonly string[] = ['traceId', 'trace_id', 'spanId', 'span_id'];
/** What a span or a log has beside its ids, and a link has not. */
const TOLD = ['name', 'body', 'timeUnixNano', 'time_unix_nano'];

/** A span, or a log of one. */
export function isLeaf(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    LEAF_KEYS.some((key) => typeof value[key] === 'string') &&
    TOLD.some((key) => value[key] !== undefined)
  );
}

/** Where an object stands: in a list of this level, or in none (a request); undefined where nothing says so. */
export type Standing = { readonly in: Level | undefined };

export function standingOfKey(key: string): Standing | undefined {
  const level = levelOfKey(key);
  return level === undefined ? undefined : { in: ABOVE[level] };
}

export function standingOf(value: JsonObject): Standing | undefined {
  for (const key of Object.keys(value)) {
    const standing = standingOfKey(key);
    if (standing !== undefined) return standing;
  }
  return isLeaf(value) ? { in: 'scope' } : undefined;
}

/** A request as it came, or out of the object that Tempo's API (v2, `trace`) or Jaeger's (v3, `result`) puts around one. */
export function unwrapped(value: JsonObject): JsonObject {
  const inner = standingOf(value) === undefined ? (value.trace ?? value.result) : undefined;
  const standing = isObject(inner) ? standingOf(inner) : undefined;
  return standing !== undefined && standing.in === undefined ? (inner as JsonObject) : value;
}

/** The request that a value is, or is a part of: files with a resource or a span a line are read as well. */
export function requestOf(value: JsonObject): JsonObject | undefined {
  const standing = standingOf(value);
  if (standing === undefined) return undefined;
  let request = value;
  for (let level = standing.in; level !== undefined; level = ABOVE[level])
    request = { [usualList(level)]: [request] };
  return request;
}

/** A list of a level under a name that is none: one character of it was damaged, or its writer misspelt it. */
export function isMisnamed(level: Level, key: string, list: JsonValue | undefined): list is JsonValue[] {
  if (!Array.isArray(list) || leadsDown(level, key)) return false;
  const first = list.find(isObject);
  return first !== undefined && standingOf(first)?.in === level;
}

/** Lists that a resource or scope swallowed when it lost its bracket go back to where they belong. */
function liftLists(owner: JsonObject, level: Level, refuse: (reason: string) => void): void {
  for (const mark of Object.keys(MARKS)) {
    const swallower = owner[mark];
    if (!isObject(swallower)) continue;
    for (const key of Object.keys(swallower)) {
      if (!leadsDown(level, key) || owner[key] !== undefined) continue;
      refuse(outOfPlace(key));
      owner[key] = swallower[key];
      delete swallower[key];
    }
  }
}

/** Gives misnamed and misplaced lists their names and places, in place; each is told. */
export function mendNames(request: JsonObject, refuse: (reason: string) => void): void {
  let owners: JsonValue[] = [request];
  for (const level of LEVELS) {
    const below: JsonValue[] = [];
    for (const owner of owners) {
      if (!isObject(owner)) continue;
      liftLists(owner, level, refuse);
      for (const key of Object.keys(owner)) {
        const list = owner[key];
        if (!Array.isArray(list)) continue;
        if (isMisnamed(level, key, list)) {
          refuse(misnamed(key, level));
          const known = owner[usualList(level)];
          owner[usualList(level)] = Array.isArray(known) ? [...known, ...list] : list;
          delete owner[key];
        } else if (!leadsDown(level, key)) continue;
        if (level !== 'scope') for (const element of list) below.push(element);
      }
    }
    owners = below;
  }
}

/** The sentence about a list that was read under another name than it has. */
export function misnamed(key: string, level: Level): string {
  return `the list ${JSON.stringify(key.slice(0, 40))} holds what "${usualList(level)}" should: it was read as that`;
}

/** The sentence about a member that stands where it cannot: a bracket before it is missing, or one too many. */
export function outOfPlace(key: string): string {
  return `"${key}" stands where it does not belong: brackets around it are damaged`;
}
