import { ledgerOf } from '../../analysis/ledger.ts';
import { treeOf } from '../../analysis/tree.ts';
import { columnsOf } from '../../model/columns.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Usage } from '../../model/usage.ts';
import { recordsOf } from '../run-records.ts';
import { OWN, OWN_VERSION } from './restoration.ts';
import { allInput, allOutput, StepWriter } from './write-steps.ts';

const VERSION = 'ATIF-v1.7';
const SPAN_EVENTS = new Set<JsonValue | undefined>(['span', 'span_update', 'span_end', 'span_event']);

/**
 * The run as a trajectory of the newest version: prompts as the user's steps, model calls as the agent's, with their tools
 * and what those answered, all else as the system's; subagents as trajectories inside it. What ATIF has no words for stands
 * in `extra`, so that reading the file again gives the same run.
 */
export function* write(run: Run): Generator<string, void, undefined> {
  const { before, spans, after } = sorted(run);
  const steps = new StepWriter(run, spans);
  const main = steps.main;
  yield `{\n"schema_version": "${VERSION}",\n"session_id": ${json(run.sessionId ?? run.runId)},\n`;
  yield `"agent": ${json(agentOf(run, steps, main))},\n`;
  // In front of the steps: who reads them must know first that they can be had whole.
  yield `"extra": ${json({ [OWN]: { version: OWN_VERSION, before, after } })},\n"steps": [\n`;
  yield* listed(steps.of(main));
  yield ']';
  const agents = steps.subagents;
  if (agents.length > 0) {
    yield ',\n"subagent_trajectories": [\n';
    yield* listed(agents.map((no) => embedded(run, steps, no)));
    yield ']';
  }
  yield `,\n"final_metrics": ${json(totalsOf(run, steps.count))}\n}\n`;
}

/** Records by what they tell of: the run before its spans, each span, the run after them. */
function sorted(run: Run): { before: JsonObject[]; spans: JsonObject[][]; after: JsonObject[] } {
  const before: JsonObject[] = [];
  const after: JsonObject[] = [];
  const spans: JsonObject[][] = [];
  for (const { ...record } of recordsOf(run)) {
    if (!SPAN_EVENTS.has(record.event))
      (spans.length === 0 && record.event === 'run_start' ? before : after).push(record);
    else {
      const last = spans.at(-1);
      // A span whose start was not seen takes several records.
      if (last?.[0]?.span_id === record.span_id) last!.push(record);
      else spans.push([record]);
      delete record.run_id;
    }
  }
  return { before, spans, after };
}

function* listed(items: Iterable<JsonObject>): Generator<string, void, undefined> {
  let first = true;
  for (const item of items) {
    yield `${first ? '' : ',\n'}${json(item)}`;
    first = false;
  }
  yield '\n';
}

function json(value: JsonValue): string {
  return JSON.stringify(value);
}

function agentOf(run: Run, steps: StepWriter, no: number): JsonObject {
  const span = run.spans[no];
  const isMain = no === steps.main;
  return {
    name: (isMain ? run.labels.agent : undefined) ?? span?.name ?? 'unknown',
    version: (isMain ? run.labels.agent_version : undefined) ?? 'unknown',
    ...(span?.model !== undefined && { model_name: span.model }),
    ...(span !== undefined && { extra: { [OWN]: steps.own(no) } }),
  };
}

function embedded(run: Run, steps: StepWriter, no: number): JsonObject {
  const span = run.spans[no]!;
  return {
    schema_version: VERSION,
    session_id: run.sessionId ?? run.runId,
    trajectory_id: span.spanId,
    agent: agentOf(run, steps, no),
    steps: [...steps.of(no)],
  };
}

function totalsOf(run: Run, stepCount: number): JsonObject {
  const columns = columnsOf(run);
  const { usage, costUsd, unpricedCalls } = ledgerOf(run, columns, treeOf(columns));
  return {
    total_prompt_tokens: allInput(usage),
    total_completion_tokens: allOutput(usage),
    total_cached_tokens: usage.cacheReadTokens,
    ...(costUsd !== null && unpricedCalls === 0 && usage.requests > 0 && { total_cost_usd: costUsd }),
    total_steps: stepCount,
    ...(otherOf(usage) && { extra: { other_tokens: usage.otherTokens } }),
  };
}

function otherOf(usage: Usage): boolean {
  return usage.otherTokens > 0;
}
