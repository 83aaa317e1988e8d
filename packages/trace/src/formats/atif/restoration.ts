import { asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseRecord, type TraceRecord } from '../../model/record.ts';

/** Under which our own writer puts, in a trajectory's `extra`, what ATIF has no words for. */
export const OWN = 'tacho';
export const OWN_VERSION = 1;

/** What stands in an `extra`: the records of one span, and its place in the run. */
export type OwnSpan = {
  no: number;
  records: JsonValue[];
  /** Payloads that stand in the step itself, and are not repeated. */
  elsewhere?: JsonValue;
};

type Placed = { no: number; records: TraceRecord[] };

/** The restoration that a trajectory's `extra` announces; undefined when the file is not one that we wrote. */
export function restorationIn(extra: JsonValue): Restoration | undefined {
  const own = isObject(extra) ? extra[OWN] : undefined;
  if (!isObject(own) || own.version !== OWN_VERSION || !Array.isArray(own.before)) return undefined;
  return new Restoration(own);
}

/** A run that was written as a trajectory, made again from what stands beside ATIF's own words. */
export class Restoration {
  readonly #before: TraceRecord[];
  readonly #after: TraceRecord[];
  readonly #spans: Placed[] = [];
  readonly runId: string | undefined;

  constructor(own: JsonObject) {
    this.#before = recordsIn(own.before);
    this.#after = recordsIn(own.after);
    this.runId = this.#before.find((record) => record.run_id !== undefined)?.run_id;
  }

  /** A trajectory's agent and all of its steps. */
  trajectory(value: JsonObject): void {
    this.agent(value.agent);
    for (const step of Array.isArray(value.steps) ? value.steps : [])
      if (isObject(step)) this.step(step, () => {});
  }

  agent(agent: JsonValue | undefined): void {
    const own = ownIn(agent);
    if (own !== undefined) this.#take(own, {});
  }

  step(step: JsonObject, refuse: (reason: string) => void): void {
    const own = ownIn(step);
    const field = step.source === 'user' ? 'inputs' : 'outputs';
    if (own !== undefined) this.#take(own, { [field]: step.message });
    const results = resultsById(step.observation);
    const tools = Array.isArray(step.tool_calls) ? step.tool_calls : [];
    for (const tool of tools) {
      const found = ownIn(tool);
      if (found === undefined || !isObject(tool)) continue;
      this.#take(found, { inputs: tool.arguments, outputs: results.get(tool.tool_call_id) });
    }
    if (own === undefined && tools.length === 0 && step.observation === undefined)
      refuse(
        `a step of a trajectory that was written by Tacho has no "${OWN}" in its extra: it was put in later`,
      );
  }

  records(): TraceRecord[] {
    this.#spans.sort((a, b) => a.no - b.no);
    return [...this.#before, ...this.#spans.flatMap((span) => span.records), ...this.#after];
  }

  #take(own: JsonObject, payloads: JsonObject): void {
    const records = recordsIn(own.records);
    const first = records[0] as JsonObject | undefined;
    for (const field of Array.isArray(own.elsewhere) ? own.elsewhere : [])
      if (first !== undefined && (field === 'inputs' || field === 'outputs') && payloads[field] !== undefined)
        first[field] = payloads[field];
    this.#spans.push({ no: asNumber(own.no) ?? Number.MAX_SAFE_INTEGER, records });
  }
}

function ownIn(value: JsonValue | undefined): JsonObject | undefined {
  const extra = isObject(value) ? value.extra : undefined;
  const own = isObject(extra) ? extra[OWN] : undefined;
  return isObject(own) ? own : undefined;
}

/** What a file says is checked as any stream is: records that are none are left out. */
function recordsIn(list: JsonValue | undefined): TraceRecord[] {
  return (Array.isArray(list) ? list : []).flatMap((value) => {
    const record = parseRecord(value);
    return typeof record === 'string' ? [] : [record];
  });
}

function resultsById(observation: JsonValue | undefined): Map<JsonValue | undefined, JsonValue | undefined> {
  const results = isObject(observation) && Array.isArray(observation.results) ? observation.results : [];
  return new Map(results.filter(isObject).map((result) => [result.source_call_id, result.content] as const));
}
