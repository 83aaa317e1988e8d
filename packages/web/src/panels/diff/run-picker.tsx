import { NONE } from '@tacho/trace/model/figures';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { RunSummary } from '@tacho/trace/model/summary';
import { SearchX, ServerCrash } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { type ApiFailure, fetchRuns } from '../../api/client.ts';
import { useAnswer } from '../../state/answer.ts';
import { serverNowUs } from '../../state/clock.ts';
import type { DiffPlace, DiffSide } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { compact, counted, duration, figure, moneyAtLeast } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { PausedSearch } from '../../ui/paused-search.tsx';
import { Link } from '../shell/link.tsx';
import { StartTime } from '../start-time.tsx';
import { StatusWord } from '../status.tsx';
import css from './run-picker.module.css';

const PAGE = 50;

/** Runs to choose one side of the diff from: newest first, by name or id. */
export function RunPicker({
  side,
  find,
  taken,
  hrefTo,
  onFind,
}: {
  side: DiffSide;
  find: string;
  /** The run of the other side: it cannot be chosen twice. */
  taken: string | undefined;
  hrefTo: (runId: string) => DiffPlace;
  onFind: (find: string) => void;
}) {
  const [more, setMore] = useState<MoreRuns>(NOTHING_MORE);
  const answer = useAnswer(
    `runs ${find}`,
    async (signal) => {
      const { value } = await fetchRuns({ ...(find !== '' && { search: find }), limit: PAGE }, signal);
      setMore(NOTHING_MORE);
      return value;
    },
    { keeps: true },
  );
  const list = answer?.value;
  const runs = [...(list?.runs ?? []), ...more.runs];
  const cursor = more.runs.length > 0 ? more.next : list?.next;
  const table = useRef<HTMLTableElement>(null);
  const loadMore = async (): Promise<void> => {
    if (cursor === undefined) return;
    try {
      const { value } = await fetchRuns({ ...(find !== '' && { search: find }), limit: PAGE, cursor });
      setMore((now) => ({ runs: [...now.runs, ...value.runs], next: value.next }));
    } catch (error) {
      setMore((now) => ({ ...now, failure: (error as ApiFailure).message }));
    }
  };
  const step = (by: 1 | -1): void => {
    const links = [...(table.current?.querySelectorAll('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  };
  return (
    <section className={css.picker} aria-label={`Choose the ${side} run`}>
      <div className={css.bar}>
        <h2>Choose the {side} run</h2>
        <PausedSearch
          className={css.search}
          main
          large
          label="Search runs by name or id"
          placeholder="Search by name or id"
          value={find}
          onChange={onFind}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            step(1);
          }}
        />
        <span className={css.count} aria-live="polite">
          {list === undefined
            ? ''
            : runs.length < list.total
              ? `${compact(runs.length)} of ${counted(list.total, 'run')}, newest first`
              : counted(list.total, 'run')}
        </span>
      </div>
      {answer?.failure !== undefined && answer.phase === 'failed' ? (
        <Notice title={answer.failure.message} icon={<ServerCrash size={28} />}>
          {answer.failure.hint && <p>{answer.failure.hint}</p>}
          <p>
            <Button onClick={answer.again}>Try again</Button>
          </p>
        </Notice>
      ) : list !== undefined && runs.length === 0 ? (
        <Notice title={find === '' ? 'There is no run yet' : 'No run matches'} icon={<SearchX size={28} />}>
          {find === '' ? (
            'A diff needs two of them.'
          ) : (
            <Button onClick={() => onFind('')}>Show all runs</Button>
          )}
        </Notice>
      ) : list === undefined ? (
        <div role="status" aria-label="Loading the runs" />
      ) : (
        <>
          <table
            ref={table}
            className={css.runs}
            data-stale={answer?.phase === 'asking' || undefined}
            onKeyDown={(event: KeyboardEvent) => {
              const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key] as 1 | -1 | undefined;
              if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
              event.preventDefault();
              step(by);
            }}
          >
            <caption className="visually-hidden">Runs, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Start</th>
                <th scope="col">Name</th>
                <th scope="col">Status</th>
                <th scope="col" data-right data-from="middle">
                  Duration
                </th>
                <th scope="col" data-right data-from="middle">
                  Tokens
                </th>
                <th scope="col" data-right data-from="middle">
                  Cost
                </th>
                <th scope="col" data-right data-from="middle">
                  Score
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <PickRow
                  key={run.runId}
                  run={run}
                  taken={run.runId === taken}
                  side={side}
                  to={hrefTo(run.runId)}
                />
              ))}
            </tbody>
          </table>
          {cursor !== undefined && (
            <p className={css.more}>
              <Button onClick={() => void loadMore()}>Show {PAGE} more</Button> {more.failure}
            </p>
          )}
        </>
      )}
    </section>
  );
}

type MoreRuns = { runs: readonly RunSummary[]; next?: string | undefined; failure?: string };
const NOTHING_MORE: MoreRuns = { runs: [] };

function PickRow({
  run,
  taken,
  side,
  to,
}: {
  run: RunSummary;
  taken: boolean;
  side: DiffSide;
  to: DiffPlace;
}) {
  const name = plainLine(run.name) || run.runId;
  return (
    <tr data-taken={taken || undefined}>
      <td className={css.start}>
        <StartTime run={run} nowUs={serverNowUs()} />
      </td>
      <th scope="row" title={[run.name, run.task, run.runId].filter(Boolean).join('\n').slice(0, 2_000)}>
        {taken ? (
          <span className={css.name}>{name}</span>
        ) : (
          <Link className={css.name} to={to}>
            {name}
          </Link>
        )}
        <span className={css.id}>
          {taken
            ? `is the ${side === 'left' ? 'right' : 'left'} run`
            : run.runId === name
              ? run.project
              : run.runId}
        </span>
      </th>
      <td>
        <StatusWord status={run.status} />
      </td>
      <td data-right data-from="middle">
        {duration(run.durationUs)}
      </td>
      <td data-right data-from="middle">
        {run.tokens === 0 ? NONE : compact(run.tokens)}
      </td>
      <td data-right data-from="middle">
        {run.tokens === 0 && !run.costUsd ? NONE : moneyAtLeast(run.costUsd, run.unpricedCalls)}
      </td>
      <td data-right data-from="middle">
        {figure(run.score)}
      </td>
    </tr>
  );
}
