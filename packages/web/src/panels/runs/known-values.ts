import type { RunSummary } from '@tacho/trace/model/summary';
import type { KnownValues } from './filter-form.tsx';

/** Values to choose from: those of the rows that are there. */
export function knownValues(runs: readonly RunSummary[]): KnownValues {
  const found = {
    session: new Set<string>(),
    project: new Set<string>(),
    taskType: new Set<string>(),
    agent: new Set<string>(),
    model: new Set<string>(),
    label: new Set<string>(),
  };
  for (const run of runs) {
    if (run.sessionId) found.session.add(run.sessionId);
    if (run.project) found.project.add(run.project);
    if (run.taskType) found.taskType.add(run.taskType);
    if (run.agent) found.agent.add(run.agent);
    for (const model of run.models) found.model.add(model);
    for (const [key, value] of Object.entries(run.labels)) found.label.add(`${key}=${value}`);
  }
  return Object.fromEntries(
    Object.entries(found).map(([name, values]) => [name, [...values].sort().slice(0, 200)]),
  ) as KnownValues;
}
