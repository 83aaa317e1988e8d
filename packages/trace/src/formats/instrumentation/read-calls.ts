import { contentId } from '../../model/ids.ts';
import { asNumber, asString, isObject, nestsDeeperThan } from '../../model/json.ts';
import { MAX_DEPTH, type TraceRecord } from '../../model/record.ts';
import { lastingUs, parseTimestamp, usToSeconds } from '../../model/time.ts';
import type { Input } from '../format.ts';
import { JsonLineReader } from '../json-lines.ts';
import { type Line, readLines, refuseLine } from '../lines.ts';
import { callRecord } from './call.ts';
import { CallBook } from './call-book.ts';

/** When a call was made that does not say so, µs; undefined where nobody knows. */
export type CallClock = (stage: string | undefined) => number | undefined;

/**
 * The sink's lines to records: a leaf for each call, under its stage where it names one. The stage's own times are the
 * report's to say: until then it begins with its first call. `clock`: who reads calls as they are made knows when that was;
 * else a call without a time was made when the one before it of the same stage was.
 */
export async function* readCalls(
  input: Input,
  clock?: CallClock,
): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  let records: TraceRecord[] = [];
  let runId = input.runId;
  const book = new CallBook();
  /** Stages that were told, with the time of their last call: as few as the stages of the runs are. */
  const told = new Map<string, number | undefined>();
  const take = (value: unknown, line: Line): void => {
    if (!isObject(value) || nestsDeeperThan(value, MAX_DEPTH)) {
      refuseLine(
        line,
        input,
        'expected a model call: an object with "model", "prompt_tokens" and "completion_tokens"',
      );
      return;
    }
    if (
      value.model === undefined &&
      value.prompt_tokens === undefined &&
      value.completion_tokens === undefined
    ) {
      refuseLine(
        line,
        input,
        'the line is no model call: "model", "prompt_tokens" and "completion_tokens" are missing',
      );
      return;
    }
    const stated = asString(value.run_id);
    if (stated !== undefined && stated !== '.' && stated !== '..') runId = stated;
    runId ??= `run-${contentId(line.text)}`;
    const stage = asString(value.stage_id);
    const endUs = parseTimestamp(value.created_at);
    const key = `${runId}\n${stage}`;
    const fallbackUs = endUs === undefined ? (clock?.(stage) ?? told.get(key)) : undefined;
    if (stage !== undefined && !told.has(key)) {
      const startUs = (endUs ?? fallbackUs ?? 0) - (lastingUs(asNumber(value.request_ms) ?? 0) ?? 0);
      records.push({
        event: 'span_update',
        run_id: runId,
        span_id: stage,
        kind: 'stage',
        ...(startUs > 0 && { ts: usToSeconds(startUs) }),
      });
    }
    records.push(callRecord(value, { runId, stage, fallbackUs }, book));
    told.set(key, endUs ?? fallbackUs);
  };
  const reader = new JsonLineReader(input, (value, line) => {
    for (const one of Array.isArray(value) ? value : [value]) take(one, line);
  });
  for await (const lines of readLines(input)) {
    reader.read(lines);
    if (records.length > 0) yield records;
    records = [];
  }
  reader.end();
  if (records.length > 0) yield records;
}
