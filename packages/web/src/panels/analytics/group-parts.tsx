import type { GroupFigures } from '@tacho/trace/analysis/runs-report/group-tally';
import type { TypeAndModel } from '@tacho/trace/analysis/runs-report/groups';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { AnalyticsPlace } from '../../state/url.ts';
import { counted } from '../../ui/format.ts';
import css from './analytics.module.css';
import type { FigureColumn } from './figure-column.ts';
import { GROUP_COLUMNS } from './group-columns.tsx';
import { Narrowing } from './narrowing.tsx';
import { Part } from './part.tsx';

type NamedGroup = GroupFigures & { name: string };

/** The largest first: an object's keys that look like numbers would else come first. */
function namedGroups(groups: Record<string, GroupFigures>): NamedGroup[] {
  return Object.entries(groups)
    .map(([name, figures]) => ({ ...figures, name }))
    .sort((a, b) => b.total - a.total);
}

/** Figures by what runs are grouped by: agent, benchmark, task type and model. */
export function GroupParts({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const { per_agent, per_benchmark, per_task_type_and_model: types, without } = report;
  const [agents, benchmarks] = [namedGroups(per_agent), namedGroups(per_benchmark)];
  const typed = types.some(({ task_type, model }) => task_type !== null || model !== null);
  return (
    <>
      {agents.length > 0 && (
        <Part
          part="agents"
          place={place}
          title="By agent"
          rows={agents}
          columns={[
            {
              ...nameColumn('agent', 'Agent'),
              cell: ({ name }) => <Narrowing place={place} filter="agent" value={name} />,
            },
            ...GROUP_COLUMNS,
          ]}
          after={<Without runs={without.agent} what="agent" />}
        >
          Groups are not made alike: an agent that was given the easier tasks looks better.
        </Part>
      )}
      {benchmarks.length > 0 && (
        <Part
          part="benchmarks"
          place={place}
          title="By benchmark"
          rows={benchmarks}
          columns={[
            {
              ...nameColumn('benchmark', 'Benchmark'),
              cell: ({ name }) => (
                <Narrowing place={place} filter="label" value={`benchmark=${name}`} name={name} />
              ),
            },
            ...GROUP_COLUMNS,
          ]}
          after={<Without runs={without.benchmark} what="benchmark" />}
        />
      )}
      {typed && (
        <Part
          part="types"
          place={place}
          title="By task type and model"
          rows={types}
          columns={[...typeColumns(place), ...GROUP_COLUMNS]}
        >
          The model that made the output: the one that is named so, else the one with the most tokens.
        </Part>
      )}
    </>
  );
}

function nameColumn(id: string, title: string): FigureColumn<NamedGroup> {
  return { id, title, left: true, value: ({ name }) => name };
}

function typeColumns(place: AnalyticsPlace): FigureColumn<TypeAndModel>[] {
  return [
    {
      id: 'task_type',
      title: 'Task type',
      left: true,
      value: ({ task_type }) => task_type,
      cell: ({ task_type }) =>
        task_type === null ? (
          <span className={css.unsaid}>no type</span>
        ) : (
          <Narrowing place={place} filter="taskType" value={task_type} />
        ),
    },
    { id: 'model', title: 'Model', left: true, value: ({ model }) => model },
  ];
}

/** Runs that stand in no group. */
function Without({ runs, what }: { runs: number; what: string }) {
  if (runs === 0) return null;
  return (
    <p className={css.aside}>
      {counted(runs, 'run')} {runs === 1 ? 'does not say its' : 'do not say their'} {what}.
    </p>
  );
}
