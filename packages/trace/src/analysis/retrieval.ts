import { asNumber, asString, isObject, type JsonValue } from '../model/json.ts';
import type { Run } from '../model/run.ts';
import type { Span } from '../model/span.ts';
import { toolKind } from '../model/tool-category.ts';
import { commandIn, purposeOf, toolNameOf } from './tool-purpose.ts';

/** How well a run looked things up: its code searches, and the files it read. */
export type Retrieval = {
  searches: number;
  /** Searches that found something; those that found nothing; those that failed. */
  found: number;
  empty: number;
  failed: number;
  /** Hits that the searches say they had; null when none says. */
  results: number | null;
  queries: string[];
  /** Searches by tool. */
  tools: Map<string, number>;
  fileReads: number;
  /** Files that were read by name, each once; what a person refused was not read. */
  files: string[];
};

/** Where tools say how many hits they had: the largest that is there. */
const COUNTS = ['numFiles', 'numLines', 'num_matches', 'numMatches', 'total_matches'];
const QUERIES = ['query', 'pattern', 'q', 'search', 'regex'];
const PATHS = ['file_path', 'absolute_path', 'notebook_path', 'path'];
/** What search tools answer when they have found nothing. */
const NOTHING = /^\s*(?:no (?:matches|files|results)\b|\[\]\s*$|$|found 0\b|0 (?:matches|results)\b)/i;

export function retrievalOf(run: Run): Retrieval {
  const seen: Retrieval = {
    searches: 0,
    found: 0,
    empty: 0,
    failed: 0,
    results: null,
    queries: [],
    tools: new Map(),
    fileReads: 0,
    files: [],
  };
  const files = new Set<string>();
  for (const span of run.spans) {
    if (span.kind !== 'tool' && span.tool === undefined) continue;
    const purpose = purposeOf(span);
    if (purpose === 'code_search') noteSearch(seen, span);
    else if (toolKind(toolNameOf(span)).category === 'read' && span.status !== 'cancelled') {
      seen.fileReads++;
      const path = firstText(span.inputs, PATHS);
      if (path !== undefined) files.add(path);
    }
  }
  seen.files = [...files];
  return seen;
}

function noteSearch(seen: Retrieval, span: Span): void {
  const name = toolNameOf(span);
  seen.searches++;
  seen.tools.set(name, (seen.tools.get(name) ?? 0) + 1);
  const query = firstText(span.inputs, QUERIES) ?? commandIn(span.inputs);
  if (query !== undefined) seen.queries.push(query);
  const hits = hitsOf(span);
  if (hits !== undefined) seen.results = (seen.results ?? 0) + hits;
  if (span.status === 'error') seen.failed++;
  else if (span.status !== 'ok') return;
  else if (hits === 0 || (hits === undefined && saysNothing(span.outputs))) seen.empty++;
  else seen.found++;
}

function hitsOf({ attributes, outputs }: Span): number | undefined {
  const counts = [attributes, outputs].flatMap((place) =>
    isObject(place)
      ? COUNTS.map((field) => asNumber(place[field])).filter((count) => count !== undefined)
      : [],
  );
  if (counts.length > 0) return counts.reduce((most, count) => Math.max(most, count), 0);
  return Array.isArray(outputs) ? outputs.length : undefined;
}

function saysNothing(outputs: JsonValue | undefined): boolean {
  // An answer that was not kept says nothing about how it was.
  return typeof outputs === 'string' && NOTHING.test(outputs);
}

function firstText(value: JsonValue | undefined, fields: readonly string[]): string | undefined {
  if (!isObject(value)) return undefined;
  for (const field of fields) {
    const text = asString(value[field]);
    if (text !== undefined) return text;
  }
  return undefined;
}
