import { asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { VERIFIER } from './stages.ts';

const PASSED: Record<string, number | null> = {
  passed: 1,
  failed: 0,
  skipped: null,
  pending: null,
  other: null,
};

/** Tests told as criteria; a suite with more of them is told by its summary. */
const MOST_TESTS = 2_000;

/** The verifier's test report (CTRF): each test is a criterion, and a span where it says when it ran. */
export function testRecords(document: JsonObject): TraceRecord[] {
  const results = isObject(document.results) ? document.results : {};
  const tests = Array.isArray(results.tests) ? results.tests.filter(isObject) : [];
  const tool = isObject(results.tool) ? asString(results.tool.name) : undefined;
  const summary = isObject(results.summary) ? results.summary : {};
  const names = new Map<string, number>();
  const records: TraceRecord[] = [
    { event: 'run_update', attributes: { tests: { ...summary, ...(tool !== undefined && { tool }) } } },
  ];
  for (const test of tests.slice(0, MOST_TESTS)) {
    const given = asString(test.name) ?? 'unnamed test';
    const repeated = (names.get(given) ?? 0) + 1;
    names.set(given, repeated);
    const name = repeated === 1 ? given : `${given} #${repeated}`;
    const status = asString(test.status) ?? 'other';
    const value = Object.hasOwn(PASSED, status) ? PASSED[status]! : null;
    const message = asString(test.message);
    records.push({
      event: 'score',
      name: 'criterion',
      dimension: name,
      value,
      label: status,
      ...(message !== undefined && { comment: message.slice(0, 2_000) }),
    });
    const span = spanOf(test, name, status);
    if (span) records.push(span);
  }
  return records;
}

function spanOf(test: JsonObject, name: string, status: string): TraceRecord | undefined {
  const startUs = parseTimestamp(test.start);
  const durationMs = asNumber(test.duration);
  if (startUs === undefined || durationMs === undefined || durationMs < 0) return undefined;
  const message = asString(test.message);
  const failed = status === 'failed';
  return {
    event: 'span',
    span_id: `test:${name}`,
    ts: usToSeconds(startUs),
    duration_ms: durationMs,
    parent: VERIFIER,
    name,
    kind: 'evaluation',
    status: failed ? 'error' : status === 'passed' ? 'ok' : 'cancelled',
    ...(failed && { error: { type: 'test_failed', message: message?.slice(0, 2_000) ?? 'the test failed' } }),
  };
}
