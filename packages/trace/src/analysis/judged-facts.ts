import { asString } from '../model/json.ts';
import type { JudgedFacts } from '../model/judged-facts.ts';
import type { RunSummary } from '../model/summary.ts';
import { dimensionsOf, finalScoreOf } from './scores.ts';

/** Reduces a run to what reports and comparisons look at. */
export function judgedFactsOf(run: RunSummary): JudgedFacts {
  const { labels } = run;
  const counted = run.tokens > 0 || (run.usage?.requests ?? 0) > 0;
  const reward = run.scores.findLast(
    ({ name, dimension, spanId }) => name === 'reward' && dimension === undefined && spanId === undefined,
  )?.value;
  return {
    runId: run.runId,
    name: run.name,
    status: run.status,
    startUs: run.timeUntold ? 0 : run.startUs,
    durationUs: run.endUs === undefined || run.startUs <= 0 ? null : run.durationUs,
    errorType: run.error?.type,
    tokens: counted ? run.tokens : null,
    costUsd: run.costUsd ?? null,
    unpricedCalls: run.unpricedCalls ?? 0,
    final: finalScoreOf(run.scores),
    reward: typeof reward === 'number' ? reward : undefined,
    dimensions: dimensionsOf(run.scores),
    rounds: run.rounds,
    leverage: run.leverage,
    patchBytes: run.output?.patchBytes ?? null,
    filesChanged: run.output?.filesChanged ?? null,
    taskType: run.taskType,
    session: run.sessionId,
    agent: run.agent,
    model: labels.producer_model ?? run.models[0],
    task: labels.task_id ?? labels.task_name ?? run.task,
    taskVersion: labels.task_checksum ?? labels.task_version ?? asString(run.attributes.task_checksum),
    benchmark: labels.benchmark,
  };
}
