import { AGENT_EXECUTION } from '@tacho/trace/formats/harbor/stages';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { CallsBeside } from './calls-beside.ts';
import type { Trial } from './trial-folders.ts';

/** Zones differ by quarters of an hour; an agent writes its first line long before half of one has passed. */
const QUARTER_US = 15 * 60 * 1e6;

/** What the calls beside a trial's result make of its own records. */
export function withCallsBeside(
  records: readonly TraceRecord[],
  trial: Trial,
  calls: CallsBeside,
): TraceRecord[] {
  const shift = clockShift(trial, calls) / 1e6;
  return records.map((record) => shifted(withoutReport(record), shift));
}

/**
 * The agent's tokens in a result are Harbor's sum over the very calls that lie beside it, and older versions summed
 * repeated lines: where the calls are told, the sum is shown and not counted.
 */
function withoutReport(record: TraceRecord): TraceRecord {
  if (record.event !== 'span' || record.name !== AGENT_EXECUTION) return record;
  const { usage, cost_usd: cost, model: _, provider: __, attributes, ...rest } = record;
  return {
    ...rest,
    attributes: {
      ...attributes,
      ...(usage !== undefined && { reported_usage: { ...usage } }),
      ...(cost !== undefined && { reported_cost_usd: cost }),
    },
  };
}

/** Times without a zone are the writer's: how far that is off is told by the calls, which have one. In µs. */
export function clockShift(trial: Trial, { firstUs }: CallsBeside): number {
  if (!trial.naive || trial.agentStartUs === undefined || firstUs <= 0) return 0;
  const shift = Math.round((firstUs - trial.agentStartUs) / QUARTER_US) * QUARTER_US;
  return Math.abs(shift) <= 14 * 4 * QUARTER_US ? shift : 0;
}

function shifted(record: TraceRecord, seconds: number): TraceRecord {
  if (seconds === 0) return record;
  return {
    ...record,
    ...(typeof record.ts === 'number' && { ts: record.ts + seconds }),
    ...(typeof record.end_ts === 'number' && { end_ts: record.end_ts + seconds }),
  } as TraceRecord;
}
