import { asCount, asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import type { SpanRecord } from '../../model/record.ts';
import { usToSeconds } from '../../model/time.ts';

/** Calls shown of one manifest. A file may claim any number, and each is a span. */
const MOST_CALLS = 5_000;

/**
 * The calls that a manifest counts, as spans: one after the other, each as long as the tool's average. That they ran is
 * known, when is not: they are marked as reconstructed. `left` are those beyond what is shown.
 */
export function toolSpans(
  toolUsage: JsonObject,
  startUs: number | undefined,
): { tools: SpanRecord[]; left: number } {
  const tools: SpanRecord[] = [];
  let left = 0;
  let atUs = startUs ?? 0;
  for (const [key, value] of Object.entries(toolUsage)) {
    if (!isObject(value)) continue;
    const name = asString(value.tool_name) ?? key;
    const calls = asCount(value.invocation_count) ?? 0;
    const failed = asCount(value.failure_count) ?? 0;
    const succeeded = asCount(value.success_count) ?? 0;
    const shown = Math.min(calls, Math.max(0, MOST_CALLS - tools.length));
    left += calls - shown;
    const average = asNumber(value.avg_duration_sec);
    const lastsUs =
      average !== undefined && average >= 0 && average < 1e6 ? Math.round(average * 1e6) : undefined;
    for (let call = 0; call < shown; call++) {
      const status = call < succeeded ? 'ok' : call < succeeded + failed ? 'error' : 'unset';
      tools.push({
        event: 'span',
        span_id: `tool:${key}:${call + 1}`,
        parent: 'agent',
        name,
        kind: 'tool',
        tool: { name },
        ...(startUs !== undefined && { ts: usToSeconds(atUs) }),
        ...(lastsUs !== undefined && { duration_ms: lastsUs / 1000 }),
        status,
        attributes: { reconstructed: true, ...(call === 0 && reported(value)) },
      });
      atUs += lastsUs ?? 0;
    }
  }
  return { tools, left };
}

/** What the tool's calls used together: told with the first, for nobody knows how it was shared. */
function reported(value: JsonObject): JsonObject {
  const [input, output] = [asCount(value.input_tokens), asCount(value.output_tokens)];
  if (input === undefined && output === undefined) return {};
  return { reported_usage: { input_tokens: input ?? 0, output_tokens: output ?? 0 } };
}
