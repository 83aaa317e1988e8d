import { METRIC_NAMES, METRICS } from '@tacho/trace/analysis/compare/metrics';
import type { TaskComparison } from '@tacho/trace/analysis/compare/task-comparison';
import { useEffect, useMemo, useState } from 'react';
import type { NamedComparison } from '../../api/client.ts';
import { type ComparePlace, TASK_FILTERS } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Choices } from '../../ui/choices.tsx';
import { counted, grouped } from '../../ui/format.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import css from './compare.module.css';
import { refineCompare } from './refine-compare.ts';
import { StripPlot } from './strip-plot.tsx';
import { chosenMetric, resultCounts, taskRows } from './task-rows.ts';
import { rowId, TaskTable } from './task-table.tsx';
import own from './tasks.module.css';
import { VerdictIcon } from './verdict-look.tsx';

/** Rows that are laid out at once. */
const PAGE = 100;

/** What the verdicts rest on, task by task. */
export function Tasks({ comparison, place }: { comparison: NamedComparison; place: ComparePlace }) {
  const { tasks, metrics, pairing } = comparison;
  const metric = chosenMetric(metrics, place.metric);
  const { show, sort, descending, find } = place;
  const counts = useMemo(() => resultCounts(tasks, metric), [tasks, metric]);
  const rows = useMemo(
    () =>
      taskRows(tasks, metric, {
        ...(show && { show }),
        ...(sort && { sort }),
        ...(descending && { descending }),
        ...(find !== undefined && { find }),
      }),
    [tasks, metric, show, sort, descending, find],
  );
  const shown = useMemo(() => new Set(rows), [rows]);
  const numbers = useMemo(() => new Map(tasks.map((task, no) => [task, no])), [tasks]);
  const [most, setMost] = useState(PAGE);
  const [wanted, setWanted] = useState<TaskComparison | undefined>();

  const open = (task: TaskComparison): void => {
    if (!shown.has(task)) refineCompare({ show: undefined, find: undefined });
    setWanted(task);
  };
  useEffect(() => {
    if (!wanted) return;
    const at = rows.indexOf(wanted);
    if (at < 0) return;
    if (at >= most) {
      setMost(at + PAGE);
      return;
    }
    const row = document.getElementById(rowId(numbers.get(wanted)!));
    row?.scrollIntoView({ block: 'center' });
    row?.focus({ preventScroll: true });
    setWanted(undefined);
  }, [wanted, rows, most, numbers]);

  if (tasks.length === 0) return null;
  const paired = tasks.length - counts.insufficient;
  return (
    <section className={css.block} aria-labelledby="compare-tasks">
      <div className={css.blockHead}>
        <h2 id="compare-tasks">Tasks</h2>
        <Choices label="Metric" look="pills">
          {METRIC_NAMES.map((name) => (
            <Choice
              key={name}
              chosen={name === metric.metric}
              onClick={() => refineCompare({ metric: name })}
            >
              {METRICS[name].title}
            </Choice>
          ))}
        </Choices>
      </div>
      {paired > 0 ? (
        <StripPlot tasks={tasks} shown={shown} metric={metric} onOpen={open} />
      ) : (
        <p className={css.legend}>
          {pairing.design === 'independent'
            ? 'Nothing is paired, so there is no difference of a task to draw: the sides are compared as groups.'
            : `No task has its ${metric.title.toLowerCase()} known on both sides.`}
        </p>
      )}
      <div className={own.filters}>
        <Choices label="Which tasks" look="segments" className={own.results}>
          <Choice chosen={show === undefined} onClick={() => refineCompare({ show: undefined })}>
            all <b>{grouped(tasks.length)}</b>
          </Choice>
          {TASK_FILTERS.map((result) => (
            <Choice
              key={result}
              chosen={show === result}
              onClick={() => refineCompare({ show: show === result ? undefined : result })}
            >
              <VerdictIcon of={result} size={12} /> {result} <b>{grouped(counts[result])}</b>
            </Choice>
          ))}
        </Choices>
        <SearchBox
          className={own.search}
          cross
          label="Search the tasks"
          placeholder="Search the tasks"
          value={find ?? ''}
          onChange={(text) => refineCompare({ find: text || undefined })}
        />
      </div>
      {rows.length === 0 ? (
        <p className={css.legend}>
          No task is like that.{' '}
          <Button onClick={() => refineCompare({ show: undefined, find: undefined })}>Show all tasks</Button>
        </p>
      ) : (
        <>
          <div className={own.scrolled}>
            <TaskTable rows={rows.slice(0, most)} numbers={numbers} metric={metric} place={place} />
          </div>
          {rows.length > most && (
            <p className={css.legend}>
              {counted(rows.length - most, 'more task')} not shown.{' '}
              <Button onClick={() => setMost(most + PAGE)}>
                Show {Math.min(PAGE, rows.length - most)} more
              </Button>
            </p>
          )}
          <p className={css.legend}>
            How a task came out, whatever chance has to do with it: with flaky tasks some change in every
            comparison.
            {counts.insufficient > 0 &&
              pairing.design === 'paired' &&
              ` Insufficient: its ${metric.title.toLowerCase()} is not known on both sides.`}
          </p>
        </>
      )}
    </section>
  );
}
