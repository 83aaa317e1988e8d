import { type Activity, activityOf } from '../../analysis/activity/activity.ts';
import { interpretationsOf } from '../../analysis/activity/interpretations.ts';
import { type Prepared, prepare } from '../../analysis/summary.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { buildTestOf, errorsOf, toolUsageOf } from './call-sections.ts';
import { comprehensionOf, contextSwitchingOf, implementationOf, navigationOf } from './file-sections.ts';
import { executionOf, metadataOf, qualityOf, timeAllocationOf, tokensOf } from './run-sections.ts';

/** The metrics of a run, as the second seed's schema has them. What is not known is null. */
export function* write(run: Run): Generator<string, void, undefined> {
  yield `${JSON.stringify(enterpriseMetricsOf(run), null, 2)}\n`;
}

/**
 * The document of a run with its payloads. `timelines: false` leaves the lists of single calls out. `activity` and
 * `prepared` save working them out again. The shape is published as enterprise-metrics.schema.json.
 */
export function enterpriseMetricsOf(
  run: Run,
  options: { timelines?: boolean; prepared?: Prepared; activity?: Activity } = {},
): JsonObject {
  const { timelines = true, prepared = prepare(run) } = options;
  const { activity = activityOf(run, prepared) } = options;
  return {
    metadata: metadataOf(run, activity, prepared),
    execution: executionOf(run, activity),
    tokens: tokensOf(run, activity, prepared),
    time_allocation: timeAllocationOf(activity),
    navigation: navigationOf(activity, timelines),
    tool_usage: toolUsageOf(activity, timelines),
    build_test: buildTestOf(activity, timelines),
    comprehension: comprehensionOf(activity),
    implementation: implementationOf(activity),
    context_switching: contextSwitchingOf(activity, timelines),
    quality_indicators: qualityOf(activity),
    errors: errorsOf(activity, timelines),
    interpretation: interpretationsOf(activity),
  };
}
