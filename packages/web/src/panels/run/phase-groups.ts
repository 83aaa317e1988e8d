import type { StageInfo } from '@tacho/trace/analysis/stages';

/** A stage, or several that follow each other, as one piece of the phase bar. `no` leads to what a person looks for in it. */
export type PhaseGroup = StageInfo & { stages: number; failed: number };

/** The worst of them speaks for all, and what goes on before what is over. */
const LOUDEST: readonly StageInfo['status'][] = ['running', 'error', 'done', 'cancelled', 'planned'];

/** Stages as they are, as long as there are no more than `most`; else as many in each group as it takes. */
export function phaseGroups(stages: readonly StageInfo[], most: number): PhaseGroup[] {
  const size = Math.ceil(stages.length / most);
  const groups: PhaseGroup[] = [];
  for (let at = 0; at < stages.length; at += size) groups.push(groupOf(stages.slice(at, at + size)));
  return groups;
}

function groupOf(stages: readonly StageInfo[]): PhaseGroup {
  const first = stages[0]!;
  const last = stages.at(-1)!;
  const failed = stages.filter(({ status }) => status === 'error').length;
  if (stages.length === 1) return { ...first, stages: 1, failed };
  const status = LOUDEST.find((wanted) => stages.some((stage) => stage.status === wanted))!;
  const begun = stages.filter(({ startUs }) => startUs !== undefined);
  const open = begun.some(({ endUs }) => endUs === undefined);
  const sum = (of: (stage: StageInfo) => number): number => stages.reduce((all, stage) => all + of(stage), 0);
  const unpriced = sum((stage) => stage.unpriced);
  const known = unpriced === 0 || stages.some(({ costUsd }) => costUsd !== null && costUsd > 0);
  const expected = stages.some(({ agents }) => agents.expected !== undefined);
  return {
    name: `${first.name} … ${last.name}`,
    no: stages.find((stage) => stage.status === status)!.no,
    status,
    ...(begun.length > 0 && { startUs: Math.min(...begun.map(({ startUs }) => startUs!)) }),
    ...(begun.length > 0 && !open && { endUs: Math.max(...begun.map(({ endUs }) => endUs!)) }),
    agents: {
      ...(expected && { expected: sum(({ agents }) => agents.expected ?? agents.total) }),
      total: sum(({ agents }) => agents.total),
      running: sum(({ agents }) => agents.running),
      done: sum(({ agents }) => agents.done),
      failed: sum(({ agents }) => agents.failed),
    },
    tokens: sum(({ tokens }) => tokens),
    toolCalls: sum(({ toolCalls }) => toolCalls),
    costUsd: known ? sum(({ costUsd }) => costUsd ?? 0) : null,
    unpriced,
    stages: stages.length,
    failed,
  };
}
