import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { KnownValues } from '../runs/filter-form.tsx';

/** Values to choose from: those that a report names. */
export function reportedValues(report: RunsReport | undefined): KnownValues {
  const types = report?.per_task_type_and_model ?? [];
  return {
    session: listed(report?.trends.sessions.map(({ session }) => session)),
    project: [],
    taskType: listed(types.flatMap(({ task_type }) => task_type ?? [])),
    agent: listed(Object.keys(report?.per_agent ?? {})),
    model: listed(types.flatMap(({ model }) => model ?? [])),
    label: listed(Object.keys(report?.per_benchmark ?? {}).map((name) => `benchmark=${name}`)),
  };
}

function listed(values: readonly string[] = []): string[] {
  return [...new Set(values)].sort().slice(0, 200);
}
