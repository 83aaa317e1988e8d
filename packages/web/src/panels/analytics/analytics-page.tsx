import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import { SearchX, ServerCrash } from 'lucide-react';
import { useEffect } from 'react';
import { fetchReport } from '../../api/client.ts';
import type { Answer } from '../../state/answer.ts';
import { go } from '../../state/location.ts';
import { type AnalyticsPlace, filterCount, type RunFilters } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { counted } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { EmptyRuns } from '../runs/empty-runs.tsx';
import { FilterBar } from '../runs/filter-bar.tsx';
import { Link } from '../shell/link.tsx';
import css from './analytics.module.css';
import { GroupParts } from './group-parts.tsx';
import { reportedValues } from './known-values.ts';
import { OverallFigures } from './overall-figures.tsx';
import { DimensionPart, SessionPart } from './quality-parts.tsx';
import { ConsistencyPart, ErrorPart, RevisionPart } from './task-parts.tsx';
import { TimePart } from './time-part.tsx';
import { ToolPart } from './tool-part.tsx';
import { useRunsAnswer } from './use-runs-answer.ts';

/** What many runs come to: all that fit the filters. */
export default function AnalyticsPage({ place }: { place: AnalyticsPlace }) {
  const { filters } = place;
  const answer = useRunsAnswer(fetchReport, filters);
  const report = answer.value;
  useEffect(() => {
    document.title = 'Analytics · Tacho';
  }, []);
  const change = (next: RunFilters): void => go({ ...place, filters: next }, 'replace');
  const narrowed = filterCount(filters) > 0 || filters.search !== undefined;
  const runs = report && report.overall.total + report.overall.outcomes.running;
  if (runs === 0 && !narrowed && !answer.stale)
    return (
      <div className={css.page}>
        <h1 className="visually-hidden">Analytics</h1>
        <EmptyRuns />
      </div>
    );
  return (
    <div className={css.page}>
      <h1 className="visually-hidden">Analytics</h1>
      <FilterBar
        filters={filters}
        known={reportedValues(report)}
        onChange={change}
        count={runs === undefined || answer.stale ? '' : counted(runs, 'run')}
      >
        <Link className={css.these} to={{ page: 'runs', filters }}>
          These in the list
        </Link>
      </FilterBar>
      <Figures place={place} answer={answer} nothing={runs === 0} onClear={() => change({})} />
    </div>
  );
}

function Figures({
  place,
  answer,
  nothing,
  onClear,
}: {
  place: AnalyticsPlace;
  answer: Answer<RunsReport>;
  nothing: boolean;
  onClear: () => void;
}) {
  const { value: report, failure, stale } = answer;
  if (report === undefined)
    return failure && !stale ? (
      <Notice title={failure.message} icon={<ServerCrash size={28} />}>
        {failure.hint}
      </Notice>
    ) : (
      <p className={css.waiting} role="status">
        Adding up the runs …
      </p>
    );
  if (nothing && !stale)
    return (
      <Notice title="No run matches" icon={<SearchX size={28} />}>
        <p>Nothing here has all of what you asked for.</p>
        <p>
          <Button onClick={onClear}>Clear search and filters</Button>
        </p>
      </Notice>
    );
  return (
    <div className={css.parts} data-stale={stale || undefined} aria-busy={stale}>
      {failure && !stale && (
        <p className={css.old} role="status">
          {failure.message} The figures are those of {new Date(answer.atMs).toLocaleTimeString('en-GB')}.
        </p>
      )}
      <OverallFigures report={report} />
      {report.notes.length > 0 && (
        <ul className={css.notes} aria-label="What to know before believing it">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {report.overall.total > 0 && (
        <>
          <TimePart place={place} report={report} />
          <GroupParts place={place} report={report} />
        </>
      )}
      <ToolPart place={place} />
      <DimensionPart place={place} report={report} />
      <SessionPart place={place} report={report} />
      <div className={css.pair}>
        <RevisionPart place={place} report={report} />
        <ConsistencyPart place={place} report={report} />
        <ErrorPart place={place} report={report} />
      </div>
    </div>
  );
}
