import type { Activity } from '../../analysis/activity/activity.ts';
import { durationOf } from '../../analysis/run-leverage.ts';
import type { Prepared } from '../../analysis/summary.ts';
import { tokenTotals } from '../../analysis/token-totals.ts';
import { asString, type JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { allInputTokens, totalTokens } from '../../model/usage.ts';
import { dollars, percent, ratio, seconds, timestamp } from './figures.ts';

/** The version of the document's shape, not of Tacho. */
const VERSION = '1.0.0';

export function metadataOf(run: Run, { arm }: Activity, { ledger }: Prepared): JsonObject {
  const { labels } = run;
  return {
    run_id: run.runId,
    task_id: labels.task_id ?? labels.task_name ?? null,
    agent_type: arm,
    timestamp: timestamp(run.startUs),
    version: VERSION,
    session_id: run.sessionId ?? null,
    model: mostUsedModel(run, ledger) ?? labels.model ?? null,
    task_category: run.taskType ?? labels.task_category ?? null,
    repository: asString(run.attributes.repository) ?? labels.repository ?? run.project ?? null,
    repository_size: asString(run.attributes.repository_size) ?? null,
    agent: labels.agent ?? null,
    name: run.name,
  };
}

/** The model of most tokens. */
function mostUsedModel(run: Run, { entries }: Prepared['ledger']): string | undefined {
  const tokens = new Map<string, number>();
  for (const { no, usage } of entries) {
    const { model } = run.spans[no]!;
    if (model !== undefined) tokens.set(model, (tokens.get(model) ?? 0) + totalTokens(usage));
  }
  const most = [...tokens].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0];
  return most?.[0];
}

export function executionOf(run: Run, activity: Activity): JsonObject {
  const over = run.status !== 'running';
  const known = run.startUs > 0;
  return {
    start_time: timestamp(run.startUs),
    end_time: over ? timestamp(run.endUs ?? run.lastUs) : null,
    total_duration: known ? seconds(durationOf(run)) : null,
    total_events: run.spans.length,
    exit_status: exitStatusOf(run, activity),
    exit_reason: run.error?.message ?? (run.status === 'interrupted' ? 'interrupted' : null),
  };
}

const TIMEOUT = /time(?:d )?\s?out/i;

function exitStatusOf(run: Run, { quality }: Activity): string | null {
  if (run.status === 'error')
    return TIMEOUT.test(`${run.error?.type ?? ''} ${run.error?.message ?? ''}`) ? 'timeout' : 'error';
  if (run.status !== 'ok') return null;
  return quality.taskCompleted === false ? 'failure' : 'success';
}

export function tokensOf(run: Run, { tokens: byPhase }: Activity, prepared: Prepared): JsonObject {
  if (byPhase === null)
    return {
      total_input: null,
      total_output: null,
      total: null,
      cache_read: null,
      cache_creation: null,
      cost_usd: null,
      by_phase: null,
    };
  const { usage, ledger } = tokenTotals(run, prepared);
  const complete = ledger.unpricedCalls === 0 && ledger.costUsd !== null;
  return {
    // Everything that models read, whatever part of it came from caches or was written to them.
    total_input: allInputTokens(usage),
    total_output: usage.outputTokens + usage.reasoningTokens,
    total: totalTokens(usage),
    cache_read: usage.cacheReadTokens,
    cache_creation: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
    cost_usd: complete ? dollars(ledger.costUsd!) : null,
    by_phase: byPhase,
    // Lower bounds must not pass for the figures themselves.
    ...(!complete && (ledger.costUsd ?? 0) > 0 && { known_cost_usd: dollars(ledger.costUsd!) }),
    ...(run.spans.some(({ placeholderOutput }) => placeholderOutput) && { output_is_lower_bound: true }),
  };
}

export function timeAllocationOf({ allocation }: Activity): JsonObject {
  const { actions, pct, gap, time, timePct, timeGap } = allocation;
  return {
    total_actions: allocation.totalActions,
    comprehension_actions: actions.comprehension,
    navigation_actions: actions.navigation,
    implementation_actions: actions.implementation,
    testing_actions: actions.testing,
    other_actions: allocation.otherActions,
    comprehension_pct: percent(pct?.comprehension),
    navigation_pct: percent(pct?.navigation),
    implementation_pct: percent(pct?.implementation),
    testing_pct: percent(pct?.testing),
    comprehension_seconds: seconds(time?.phaseUs.comprehension ?? null),
    navigation_seconds: seconds(time?.phaseUs.navigation ?? null),
    implementation_seconds: seconds(time?.phaseUs.implementation ?? null),
    testing_seconds: seconds(time?.phaseUs.testing ?? null),
    other_seconds: seconds(time?.otherUs ?? null),
    idle_seconds: seconds(time?.idleUs ?? null),
    thinking_seconds: seconds(time?.thinkingUs ?? null),
    comprehension_time_pct: percent(timePct?.comprehension),
    navigation_time_pct: percent(timePct?.navigation),
    implementation_time_pct: percent(timePct?.implementation),
    testing_time_pct: percent(timePct?.testing),
    time_to_first_edit: seconds(allocation.firstEditUs),
    time_to_first_test: seconds(allocation.firstTestUs),
    baseline_comparison: {
      comprehension_gap: percent(gap?.comprehension),
      navigation_gap: percent(gap?.navigation),
      comprehension_time_gap: percent(timeGap?.comprehension),
      navigation_time_gap: percent(timeGap?.navigation),
    },
  };
}

export function qualityOf({ quality }: Activity): JsonObject {
  return {
    task_completed: quality.taskCompleted,
    correctness_score: ratio(quality.correctness),
    test_pass_rate: ratio(quality.testPassRate),
    code_review_score: ratio(quality.codeReview),
    architecture_score: ratio(quality.architecture),
    // No trace shows what a bug is.
    regressions_introduced: null,
    bugs_fixed: null,
    bugs_introduced: null,
  };
}
