import { asString } from '../model/json.ts';
import type { Run, RunOutput } from '../model/run.ts';
import type { Score } from '../model/score.ts';
import type { Leverage, RunSummary } from '../model/summary.ts';
import type { Usage } from '../model/usage.ts';
import { type AgentInfo, agentsOf } from './agents.ts';
import { parallelismOf } from './concurrency.ts';
import { type Judgement, judgeRun } from './ledger.ts';
import {
  type ModelProfile,
  modelProfiles,
  type StageTokens,
  type ToolProfile,
  tokensByStage,
  toolProfiles,
} from './profiles.ts';
import { type QualityLine, qualityOf } from './quality.ts';
import { type CriteriaInfo, criteriaOf, finalScoreOf, type RoundInfo, roundsOf } from './scores.ts';
import { type StageInfo, stagesOf } from './stages.ts';
import { type Prepared, prepare, summaryOf } from './summary.ts';

/** Everything worth telling about one run: what `tacho inspect RUN --json` prints. Times in µs, money in USD. */
export type RunReport = {
  run: RunSummary;
  usage: Usage;
  /** Null: unknown. A lower bound while `unpriced` is not empty. */
  costUsd: number | null;
  unpriced: { model: string; calls: number }[];
  leverage: Leverage | null;
  /** Speed-up over serial work. */
  parallelism: number;
  stages: StageInfo[];
  tokensByStage: StageTokens[];
  agents: AgentInfo[];
  tools: ToolProfile[];
  models: ModelProfile[];
  /** The score that speaks for the run and the verdict (`PASS` …); null when it was not judged. */
  result: { value: number | null; max?: number; label?: string } | null;
  rounds: RoundInfo[];
  criteria: CriteriaInfo;
  scores: Score[];
  output: RunOutput | null;
  quality: QualityLine[];
};

/** Reports on a run. `nowUs` matters only while it runs: afterwards what is still open ends with the run's newest record. */
export function reportOf(run: Run, nowUs: number, prepared: Prepared = prepare(run)): RunReport {
  const { columns, tree, ledger } = prepared;
  const untilUs = run.status === 'running' ? nowUs : run.lastUs;
  const judgement: Judgement = judgeRun(run, columns, tree);
  const summary = summaryOf(run, nowUs, prepared);
  return {
    run: summary,
    usage: ledger.usage,
    costUsd: ledger.costUsd,
    unpriced: [...ledger.unpriced],
    leverage: summary.leverage,
    parallelism: parallelismOf(columns, tree, untilUs),
    stages: stagesOf(run, columns, tree, untilUs, judgement),
    tokensByStage: tokensByStage(run, columns, tree, judgement.tokens),
    agents: agentsOf(columns, tree, untilUs, { runStatus: run.status, judgement }),
    tools: toolProfiles(columns, tree, judgement.tokens, untilUs),
    models: modelProfiles(run, ledger),
    result: resultOf(run),
    rounds: roundsOf(run.scores),
    criteria: criteriaOf(run.scores),
    scores: run.scores,
    output: run.output ?? null,
    quality: qualityOf(run, columns, tree, ledger),
  };
}

/** The verdict stands with the score, or in the run's attribute `final`. */
function resultOf(run: Run): RunReport['result'] {
  const score = finalScoreOf(run.scores);
  const label = score?.label ?? asString(run.attributes.final);
  if (score === undefined && label === undefined) return null;
  return { value: null, ...score, ...(label !== undefined && { label }) };
}
