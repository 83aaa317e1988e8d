import { asString, isObject } from '../../model/json.ts';
import type { Action } from './actions.ts';
import type { Cycle } from './build-test.ts';
import type { ModelCalls } from './model-calls.ts';
import { type ThinkTime, thinkTimeOf } from './think-time.ts';

/** Signs that an agent tried to understand. */
export type Comprehension = {
  /** Reads of prose: `README`, `*.md`, what lies in `docs/`. */
  documentationReads: number;
  /** Pages and searches on the web. */
  externalLookups: number;
  /** Questions that are answered in prose: deep searches, and subagents that explore. */
  summaryRequests: number;
  /** Searches and tasks of subagents that ask for structure, by their words. */
  architectureQueries: number;
  /** Reads of files that had been read before, while the last edit, test or build had failed. */
  rereadsAfterFailure: number;
  thinkTime: ThinkTime;
};

const PROSE =
  /\.(?:md|mdx|rst|adoc|txt)$|(?:^|\/)(?:readme|changelog|contributing|architecture)[^/]*$|(?:^|\/)docs?\//i;
const IN_PROSE = /deep_?search|(?:^|_)(?:ask|explain|summari[sz]e|answer)(?:_|$)/i;
const EXPLORERS = /explor|research|librarian|investigat/i;
const STRUCTURE =
  /\barchitectur|\bstructure[ds]?\b|\boverview\b|\bdependenc(?:y|ies)\b|\bhow (?:do|does|is|are)\b|\bdata ?flow\b|\bcall graph\b|\bdesign of\b/i;

export function comprehensionOf(
  actions: readonly Action[],
  cycles: readonly Cycle[],
  calls: ModelCalls,
): Comprehension {
  const count = (is: (action: Action) => boolean): number =>
    actions.filter((action) => !action.stopped && is(action)).length;
  return {
    documentationReads: actions.reduce(
      (sum, { reads, ok }) => sum + (ok === false ? 0 : reads.filter((file) => PROSE.test(file)).length),
      0,
    ),
    externalLookups: count(({ deed }) => deed === 'lookup'),
    summaryRequests: count(asksForProse),
    architectureQueries: count((action) => STRUCTURE.test(action.query ?? taskOf(action) ?? '')),
    rereadsAfterFailure: rereadsAfterFailure(actions, cycles),
    thinkTime: thinkTimeOf(actions, calls),
  };
}

function asksForProse({ tool, server, category, span }: Action): boolean {
  if (server !== undefined) return IN_PROSE.test(tool);
  const { inputs } = span;
  return category === 'agent' && isObject(inputs) && EXPLORERS.test(asString(inputs.subagent_type) ?? '');
}

function taskOf({ category, span: { inputs } }: Action): string | undefined {
  return category === 'agent' && isObject(inputs) ? asString(inputs.description) : undefined;
}

function rereadsAfterFailure(actions: readonly Action[], cycles: readonly Cycle[]): number {
  const results = new Map(cycles.map(({ call, result }) => [call, result]));
  const read = new Set<string>();
  let failed = false;
  let rereads = 0;
  for (const action of actions) {
    const { reads, edits, ok } = action;
    if (ok !== false)
      for (const file of reads) {
        if (failed && read.has(file)) rereads++;
        read.add(file);
      }
    const result = results.get(action);
    if (result !== undefined) failed = result === 'fail' || result === 'error';
    else if (edits) failed = ok === false;
  }
  return rereads;
}
