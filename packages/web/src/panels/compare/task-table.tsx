import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import type { TaskComparison } from '@tacho/trace/analysis/compare/task-comparison';
import { plainLine } from '@tacho/trace/model/plain-text';
import { ArrowDown, ArrowUp, Shuffle } from 'lucide-react';
import type { ComparePlace, TaskSort } from '../../state/url.ts';
import { Link } from '../shell/link.tsx';
import css from './compare.module.css';
import { changeText, pText, taskValueText } from './metric-words.ts';
import { OutcomeLinks } from './outcome-link.tsx';
import { refineCompare } from './refine-compare.ts';
import own from './tasks.module.css';
import { VerdictWord } from './verdict-look.tsx';

/** Sorted by it for the first time, this end is on top. */
const COLUMNS: readonly { sort: TaskSort; title: string; descendingFirst?: true }[] = [
  { sort: 'task', title: 'Task' },
  { sort: 'result', title: 'Result' },
  { sort: 'baseline', title: 'Baseline', descendingFirst: true },
  { sort: 'treatment', title: 'Treatment', descendingFirst: true },
  { sort: 'change', title: 'Change', descendingFirst: true },
];

/** The id of a task's row, by its number in the answer. */
export const rowId = (no: number): string => `task-${no}`;

export function TaskTable({
  rows,
  numbers,
  metric,
  place,
}: {
  rows: readonly TaskComparison[];
  /** The number of each task in the answer. */
  numbers: ReadonlyMap<TaskComparison, number>;
  metric: MetricComparison;
  place: ComparePlace;
}) {
  const sort = place.sort ?? 'result';
  const descending = place.descending === true;
  const tested = metric.metric === 'success' && rows.some(({ adjustedP }) => adjustedP !== null);
  return (
    <table className={`${css.table} ${own.tasks}`}>
      <caption className="visually-hidden">
        Tasks by {metric.title.toLowerCase()}, with their runs on both sides
      </caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => {
            const on = column.sort === sort;
            return (
              <th
                key={column.sort}
                scope="col"
                data-column={column.sort}
                aria-sort={on ? (descending ? 'descending' : 'ascending') : 'none'}
              >
                <button
                  type="button"
                  className={own.sort}
                  data-on={on || undefined}
                  onClick={() => {
                    const next = on ? !descending : column.descendingFirst === true;
                    refineCompare({
                      sort: column.sort === 'result' && !next ? undefined : column.sort,
                      descending: next || undefined,
                    });
                  }}
                >
                  {column.title}
                  {on && (descending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
                </button>
              </th>
            );
          })}
          {tested && (
            <th
              scope="col"
              className={own.wide}
              title="Fisher’s exact p of its trials, corrected for all tasks that were looked at (Benjamini and Hochberg)"
            >
              p
            </th>
          )}
          <th scope="col" data-column="runs">
            Baseline runs
          </th>
          <th scope="col" data-column="runs">
            Treatment runs
          </th>
          <th scope="col" className={own.wide}>
            <span className="visually-hidden">Diff</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((task) => (
          <TaskRow
            key={numbers.get(task)}
            id={rowId(numbers.get(task)!)}
            task={task}
            metric={metric}
            tested={tested}
          />
        ))}
      </tbody>
    </table>
  );
}

function TaskRow({
  task,
  metric,
  tested,
  id,
}: {
  task: TaskComparison;
  metric: MetricComparison;
  tested: boolean;
  id: string;
}) {
  const { change, result } = task.metrics[metric.metric];
  const name = plainLine(task.task) || '(unnamed)';
  const benchmark = task.benchmark === undefined ? '' : plainLine(task.benchmark);
  const [left, right] = [task.baseline.runs[0], task.treatment.runs[0]];
  const flaky = [task.baseline.flaky && 'baseline', task.treatment.flaky && 'treatment'].filter(Boolean);
  return (
    <tr id={id} tabIndex={-1} data-result={result}>
      <th scope="row" title={benchmark ? `${benchmark}\n${name}` : name}>
        <span className={own.task}>
          <span className={own.taskName}>{name}</span>
          {benchmark !== '' && <span className={own.benchmark}>{benchmark}</span>}
          {flaky.length > 0 && (
            <span
              className={own.flaky}
              title={`Trials of the ${flaky.join(' and of the ')} came out differently`}
            >
              <Shuffle size={11} aria-hidden="true" /> <span className={own.flakyWord}>flaky</span>
            </span>
          )}
        </span>
      </th>
      <td className={css.left}>
        <VerdictWord of={result} />
      </td>
      <td>{taskValueText(task, metric.metric, 'baseline')}</td>
      <td>{taskValueText(task, metric.metric, 'treatment')}</td>
      <td className={result === 'tied' || change === null ? undefined : css.strong}>
        {changeText(metric, change)}
      </td>
      {tested && <td className={own.wide}>{pText(task.adjustedP)}</td>}
      <td className={css.left}>
        <OutcomeLinks runs={task.baseline.runs} side="baseline" />
      </td>
      <td className={css.left}>
        <OutcomeLinks runs={task.treatment.runs} side="treatment" />
      </td>
      <td className={own.wide}>
        {left && right && (
          <Link
            className={own.link}
            to={{ page: 'diff', left: left.runId, right: right.runId }}
            aria-label={`Diff of the first runs of ${name}`}
          >
            diff
          </Link>
        )}
      </td>
    </tr>
  );
}
