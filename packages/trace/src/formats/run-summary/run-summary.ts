import { stagesOf } from '../../analysis/stages.ts';
import { asCount, asString } from '../../model/json.ts';
import type { RunFacts } from '../run-facts.ts';
import { snakeCase } from './snake-case.ts';

/** run_summary.json. Times in milliseconds. */
export type RunSummaryFile = {
  run_id: string;
  source_repo: string | null;
  source_commit: string | null;
  total_wall_ms: number;
  /** By stage; stages of one name add up. `agents` is absent where a stage started none. */
  phases: Record<string, { wall_ms: number; agents?: number }>;
  totals: {
    agents_spawned: number;
    total_tokens: number;
    total_tool_uses: number;
    analyses_written: number;
  };
};

export function runSummaryFile({ run, prepared, summary }: RunFacts): RunSummaryFile {
  const phases: RunSummaryFile['phases'] = {};
  for (const stage of stagesOf(run, prepared.columns, prepared.tree, run.lastUs)) {
    if (stage.startUs === undefined) continue;
    const name = snakeCase(stage.name);
    const phase = Object.hasOwn(phases, name) ? phases[name]! : { wall_ms: 0 };
    phase.wall_ms = round(phase.wall_ms + ((stage.endUs ?? run.lastUs) - stage.startUs) / 1000);
    if (stage.agents.total > 0) phase.agents = (phase.agents ?? 0) + stage.agents.total;
    phases[name] = phase;
  }
  const { attributes, labels } = run;
  return {
    run_id: run.runId,
    source_repo: labels.source_repo ?? asString(attributes.source_repo) ?? null,
    source_commit: labels.source_commit ?? asString(attributes.source_commit) ?? null,
    total_wall_ms: round(summary.durationUs / 1000),
    phases,
    totals: {
      agents_spawned: summary.agents.total,
      total_tokens: summary.tokens,
      total_tool_uses: summary.toolCalls,
      analyses_written: asCount(attributes.analyses_written) ?? asCount(attributes.outputs_written) ?? 0,
    },
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
