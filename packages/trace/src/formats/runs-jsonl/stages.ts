import { asCount, asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SpanRecord, UsageFields } from '../../model/record.ts';
import { lastingUs, usToSeconds } from '../../model/time.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';

/** Fields of a stage that are read here, or follow from others. */
const KNOWN = new Set(['input', 'output', 'total', 'calls', 'total_ms']);

/** Stages in a line name themselves so in ids: never the id of a span of the run's own stream. */
const PREFIX = 'runs-jsonl:';

type Times = { startUs: number; endUs: number };

/**
 * The tokens of a line as sums that it states for its stages. They are sums for the whole run, of whatever models: where the
 * run's own stream is read too, its calls count and the sums only for what these do not explain. A stage with a duration is
 * one on the timeline, laid behind the one before it.
 */
export function stageRecords(line: JsonObject, times: Times): SpanRecord[] {
  const stages = Object.entries(isObject(line.tokens_by_stage) ? line.tokens_by_stage : {});
  const records: SpanRecord[] = [];
  let startUs = times.startUs;
  let known = 0;
  for (const [name, stage] of stages) {
    if (name === '' || !isObject(stage)) continue;
    const usage = usageOf(stage.input, stage.output, stage.total, asCount(stage.calls) ?? 0);
    known += total(usage);
    const durationUs = lastingUs(asNumber(stage.total_ms) ?? -1) ?? 0;
    records.push(stageSpan(name, usage, restOf(stage), { startUs, durationUs, endUs: times.endUs }));
    startUs += durationUs;
  }
  const all = usageOf(line.input_tokens, line.output_tokens, line.total_tokens, 0);
  const rest = total(all) - known;
  if (rest <= 0) return records;
  // Without stages the kinds of token are known; of a rest they are not.
  const usage = records.length === 0 ? all : { other_tokens: rest, requests: 0 };
  const name = records.length === 0 ? 'all stages' : 'other';
  return [...records, stageSpan(name, usage, {}, { startUs, durationUs: 0, endUs: times.endUs })];
}

function stageSpan(
  name: string,
  usage: UsageFields,
  rest: JsonObject,
  { startUs, durationUs, endUs }: Times & { durationUs: number },
): SpanRecord {
  const isStage = durationUs > 0;
  const fromUs = isStage ? startUs : endUs;
  return {
    event: 'span',
    span_id: `${PREFIX}${name}`,
    name: isStage ? name : `${name}: sum of all calls`,
    kind: isStage ? 'stage' : 'task',
    role: 'stage-total',
    ts: usToSeconds(fromUs),
    end_ts: usToSeconds(fromUs + durationUs),
    status: 'ok',
    usage,
    model_total: true,
    attributes: { ...rest, stage: name, [TIME_ESTIMATED]: true },
  };
}

function usageOf(
  input: JsonValue | undefined,
  output: JsonValue | undefined,
  stated: JsonValue | undefined,
  calls: number,
): UsageFields {
  const [read, written] = [asCount(input) ?? 0, asCount(output) ?? 0];
  const other = (asCount(stated) ?? 0) - read - written;
  return {
    input_tokens: read,
    output_tokens: written,
    ...(other > 0 && { other_tokens: other }),
    requests: calls,
  };
}

function total({ input_tokens = 0, output_tokens = 0, other_tokens = 0 }: UsageFields): number {
  return input_tokens + output_tokens + other_tokens;
}

function restOf(stage: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(stage).filter(([field, value]) => !KNOWN.has(field) && value !== null && value !== 0),
  );
}
