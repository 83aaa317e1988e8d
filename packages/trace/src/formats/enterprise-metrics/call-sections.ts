import type { Activity } from '../../analysis/activity/activity.ts';
import type { FailureKind } from '../../analysis/activity/failure-kinds.ts';
import { isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { counted, cut, ratio, seconds, timestamp } from './figures.ts';

const MOST_CHARACTERS = 200;
const MOST_FIELDS = 20;

export function toolUsageOf({ toolUsage, actions }: Activity, timelines: boolean): JsonObject {
  return {
    tool_calls: counted(toolUsage.calls),
    mcp_searches: toolUsage.mcpSearches,
    mcp_tools_detected: [...toolUsage.mcpTools],
    ...(timelines && {
      tool_timeline: actions.map(({ startUs, tool, phase, ok, span }) => ({
        timestamp: timestamp(startUs),
        tool,
        phase,
        input: shortInput(span.inputs),
        success: ok ?? null,
      })),
      search_queries: toolUsage.queries.map(({ atUs, tool, query, refinementOf, ok }) => ({
        timestamp: timestamp(atUs),
        tool,
        query: cut(query, MOST_CHARACTERS),
        refinement_of: refinementOf === undefined ? null : cut(refinementOf, MOST_CHARACTERS),
        success: ok ?? null,
      })),
    }),
  };
}

/** Arguments as they help to recognise a call: a written file's text would make the document as large as the run. */
function shortInput(inputs: JsonValue | undefined): JsonObject {
  const short: JsonObject = {};
  if (!isObject(inputs)) {
    if (inputs !== undefined && inputs !== null) short.value = shortValue(inputs);
    return short;
  }
  for (const [name, value] of Object.entries(inputs).slice(0, MOST_FIELDS))
    if (value !== undefined) putField(short, cut(name, MOST_CHARACTERS), shortValue(value));
  return short;
}

function shortValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cut(value, MOST_CHARACTERS);
  return typeof value === 'object' && value !== null ? cut(JSON.stringify(value), MOST_CHARACTERS) : value;
}

export function buildTestOf({ buildTest, argumentsKnown }: Activity, timelines: boolean): JsonObject {
  const known = <Figure>(figure: Figure): Figure | null => (argumentsKnown ? figure : null);
  return {
    test_runs: known(buildTest.testRuns),
    build_attempts: known(buildTest.builds),
    test_passes: known(buildTest.testPasses),
    test_failures: known(buildTest.testFailures),
    build_successes: known(buildTest.buildSuccesses),
    build_failures: known(buildTest.buildFailures),
    time_in_feedback_loop: known(seconds(buildTest.feedbackUs)),
    avg_test_duration: seconds(buildTest.meanTestUs),
    cycles_to_success: buildTest.cyclesToSuccess,
    ...(timelines && {
      test_timeline: known(
        buildTest.cycles.map(({ atUs, action, result, durationUs, errorType, passed, failed, call }) => ({
          timestamp: timestamp(atUs),
          action,
          result,
          duration: seconds(durationUs),
          error_type: errorType,
          tests_passed: passed,
          tests_failed: failed,
          command: cut(call.command ?? call.tool, MOST_CHARACTERS),
        })),
      ),
    }),
  };
}

export function errorsOf({ errors }: Activity, timelines: boolean): JsonObject {
  const count = (kind: FailureKind): number => errors.filter(({ type }) => type === kind).length;
  const lasting = errors.map(({ resolutionUs }) => resolutionUs).filter((us) => us !== null);
  const sum = lasting.reduce((all, us) => all + us, 0);
  return {
    total_errors: errors.length,
    syntax_errors: count('syntax'),
    logic_errors: count('logic'),
    type_errors: count('type'),
    import_errors: count('import'),
    timeout_errors: count('timeout'),
    other_errors: count('other'),
    resolved_errors: lasting.length,
    resolution_rate: errors.length === 0 ? null : ratio(lasting.length / errors.length),
    avg_resolution_time: lasting.length === 0 ? null : seconds(sum / lasting.length),
    ...(timelines && {
      error_timeline: errors.map(({ atUs, tool, type, message, resolutionUs, method }) => ({
        timestamp: timestamp(atUs),
        error_type: type,
        error_message: cut(message, MOST_CHARACTERS),
        resolution_time: seconds(resolutionUs),
        resolution_method: method,
        tool,
      })),
    }),
  };
}
