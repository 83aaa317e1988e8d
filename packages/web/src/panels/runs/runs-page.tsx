import { SearchX, ServerCrash } from 'lucide-react';
import { useEffect } from 'react';
import { useAtom } from '../../state/atom.ts';
import { liveRunsKnown } from '../../state/live-runs.ts';
import { go } from '../../state/location.ts';
import { runList, showRuns, showWaitingRuns } from '../../state/run-list.ts';
import { filterCount, type Place, type RunFilters } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { counted } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { Link } from '../shell/link.tsx';
import { CompareLink } from './compare-link.tsx';
import { EmptyRuns } from './empty-runs.tsx';
import { FilterBar } from './filter-bar.tsx';
import { knownValues } from './known-values.ts';
import { LiveCards } from './live-cards.tsx';
import { MarkedBar } from './marked-bar.tsx';
import { Offers } from './offers.tsx';
import { RunTable } from './run-table.tsx';
import css from './runs.module.css';

export function RunsPage({ place }: { place: Extract<Place, { page: 'home' | 'runs' }> }) {
  const { filters } = place;
  const list = useAtom(runList);
  const known = useAtom(liveRunsKnown);
  const key = JSON.stringify(filters);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filters, which are new objects with every place.
  useEffect(() => showRuns(filters), [key]);
  useEffect(() => {
    document.title = 'Runs · Tacho';
  }, []);
  const change = (next: RunFilters): void => go({ page: 'runs', filters: next }, 'replace');
  if (!known) return <div className={css.page} role="status" aria-label="Loading the runs" />;
  const narrowed = filterCount(filters) > 0 || filters.search !== undefined;
  const nothing = list.phase === 'ready' && list.runs.length === 0;
  if (nothing && !narrowed)
    return (
      <div className={css.page}>
        <EmptyRuns />
      </div>
    );
  return (
    <div className={css.page}>
      <h1 className="visually-hidden">Runs</h1>
      <LiveCards />
      <FilterBar
        filters={filters}
        known={knownValues(list.runs)}
        onChange={change}
        count={list.phase === 'loading' && list.runs.length === 0 ? '' : counted(list.total, 'run')}
      >
        <Link className={css.these} to={{ page: 'analytics', filters }}>
          Analytics of these
        </Link>
        <CompareLink filters={filters} className={css.these} />
        <Offers />
      </FilterBar>
      {list.phase === 'failed' && list.runs.length === 0 ? (
        <Notice
          title={list.failure?.message ?? 'The runs could not be loaded.'}
          icon={<ServerCrash size={28} />}
        >
          {list.failure?.hint}
        </Notice>
      ) : nothing ? (
        <Notice title="No run matches" icon={<SearchX size={28} />}>
          <p>Nothing here has all of what you asked for.</p>
          <p>
            <Button onClick={() => change({})}>Clear search and filters</Button>
          </p>
        </Notice>
      ) : (
        <div className={css.tableBox} data-stale={list.phase === 'loading' || undefined}>
          {list.waiting && (
            <button type="button" className={css.newRuns} onClick={showWaitingRuns}>
              New runs · show
            </button>
          )}
          <RunTable
            list={list}
            filters={filters}
            onSort={({ sort, descending }) => {
              const { sort: _, descending: __, ...rest } = filters;
              change({ ...rest, ...(sort && { sort }), ...(descending && { descending }) });
            }}
          />
          <MarkedBar />
        </div>
      )}
    </div>
  );
}
