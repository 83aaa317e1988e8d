import { type SpanColumns, textAt } from '../model/columns.ts';
import { asString, isObject, type JsonValue } from '../model/json.ts';
import type { Run, RunOutput } from '../model/run.ts';
import type { Span } from '../model/span.ts';
import { agentOwners } from './owners.ts';
import { stageGroups, stageNumbers } from './stages.ts';
import { type Prepared, prepare } from './summary.ts';
import type { SpanTree } from './tree.ts';

/** One choice that was made, in the order of time. */
export type Decision = {
  spanId: string;
  name: string;
  /** µs since the epoch: when it was made. */
  atUs: number;
  /** Names of the spans above it, from the root down. */
  within: string[];
  agent: string;
  stage: string;
  /** What it was made from. */
  inputs: JsonValue;
  /** What was chosen. */
  outputs: JsonValue;
  /** Why, in the words of whoever decided; null where nothing says so. */
  reasoning: string | null;
};

/** The way from a question to its result: what was decided on it, and why. */
export type DecisionPath = {
  runId: string;
  /** µs since the epoch: when the way began. */
  startUs: number;
  question: string | null;
  decisions: Decision[];
  /** `value`: what the run gave out, or its last step that gave out anything, which `step` names. */
  result: { status: Run['status']; output: RunOutput | null; value: JsonValue; step: string | null };
};

/** Attributes under which programs keep their reasons. */
const REASONS = ['reasoning', 'reason', 'rationale', 'why'];

/** Every span of kind `decision` of a run with its payloads. */
export function decisionsOf(run: Run, { columns, tree }: Prepared = prepare(run)): DecisionPath {
  const owner = agentOwners(columns, tree);
  const stages = stageNumbers(columns, tree);
  const group = stageGroups(columns, tree, stages);
  const decisions = run.spans
    .map((span, no) => ({ span, no }))
    .filter(({ span }) => span.kind === 'decision')
    .map(
      ({ span, no }): Decision => ({
        spanId: span.spanId,
        name: span.name,
        atUs: span.endUs ?? span.startUs,
        within: namesAbove(columns, tree.parent, no),
        agent: owner[no]! < 0 ? '' : textAt(columns, 'name', owner[no]!),
        stage: group[no]! < 0 ? '' : textAt(columns, 'name', stages[group[no]!]!),
        inputs: span.inputs ?? null,
        outputs: span.outputs ?? null,
        reasoning: reasonOf(span),
      }),
    )
    .sort((a, b) => a.atUs - b.atUs);
  const last = lastStep(run, tree);
  return {
    runId: run.runId,
    startUs: run.startUs,
    question: run.task ?? null,
    decisions,
    result: {
      status: run.status,
      output: run.output ?? null,
      value: last?.outputs ?? null,
      step: last?.name ?? null,
    },
  };
}

/** Of the outermost spans that gave something out, the one that ended last: what a choice gave out is on the way, not at its end. */
function lastStep(run: Run, { depth }: SpanTree): Span | undefined {
  let last = -1;
  for (const [no, span] of run.spans.entries()) {
    if (span.outputs === undefined || span.kind === 'decision') continue;
    if (
      last < 0 ||
      depth[no]! < depth[last]! ||
      (depth[no] === depth[last] && !endsBefore(span, run.spans[last]!))
    )
      last = no;
  }
  return run.spans[last];
}

function endsBefore(span: Span, other: Span): boolean {
  return (span.endUs ?? span.startUs) < (other.endUs ?? other.startUs);
}

function namesAbove(columns: SpanColumns, parent: Int32Array, no: number): string[] {
  const names: string[] = [];
  for (let up = parent[no]!; up >= 0; up = parent[up]!) names.push(textAt(columns, 'name', up));
  return names.reverse();
}

/** In an attribute, in what was chosen, or in the nested `metadata` that other tools keep. */
function reasonOf({ attributes, outputs }: Span): string | null {
  const places = [attributes, attributes?.metadata, outputs];
  for (const place of places) {
    if (!isObject(place)) continue;
    for (const name of REASONS) {
      const reason = asString(place[name]);
      if (reason !== undefined) return reason;
    }
  }
  return null;
}
