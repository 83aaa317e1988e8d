import type { RunSummary } from '@tacho/trace/model/summary';
import { ListFilter, Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RunListState } from '../../state/run-list.ts';
import { filterCount, type RunFilters } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { compact } from '../../ui/format.ts';
import { Pop } from '../../ui/popover.tsx';
import { Tip } from '../../ui/tooltip.tsx';
import { SEARCH_FIELD } from '../shell/search-focus.ts';
import { FilterForm, type KnownValues } from './filter-form.tsx';
import { FILTER_NAMES, filterText } from './filter-names.ts';
import { Offers } from './offers.tsx';
import css from './runs.module.css';

const STATUSES = [
  { value: undefined, title: 'All' },
  { value: 'running', title: 'Running' },
  { value: 'ok', title: 'Ok' },
  { value: 'error', title: 'Error' },
  { value: 'interrupted', title: 'Interrupted' },
] as const;

/** Typing is searched after a pause of this length. */
const PAUSE_MS = 220;

export function FilterBar({
  filters,
  list,
  onChange,
}: {
  filters: RunFilters;
  list: RunListState;
  onChange: (filters: RunFilters) => void;
}) {
  const without = (name: keyof RunFilters): RunFilters => {
    const { [name]: _, ...rest } = filters;
    return rest;
  };
  const chips = FILTER_NAMES.filter(({ name }) => name !== 'status' && filters[name] !== undefined);
  return (
    <div className={css.bar}>
      <SearchField
        value={filters.search ?? ''}
        contents={filters.contents === true}
        onChange={(search) => onChange(search === '' ? without('search') : { ...filters, search })}
        onContents={(contents) => onChange(contents ? { ...filters, contents } : without('contents'))}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend that every browser lays out differently. */}
      <div className={css.segments} role="group" aria-label="Status">
        {STATUSES.map(({ value, title }) => (
          <button
            key={title}
            type="button"
            className={css.segment}
            aria-pressed={filters.status === value}
            onClick={() => onChange(value === undefined ? without('status') : { ...filters, status: value })}
          >
            {title}
          </button>
        ))}
      </div>
      <Pop
        label="Filters"
        trigger={
          <Button look="quiet">
            <ListFilter size={14} /> Filter{filterCount(filters) > 0 && <b>{filterCount(filters)}</b>}
          </Button>
        }
      >
        <FilterForm filters={filters} onChange={onChange} known={knownValues(list.runs)} />
      </Pop>
      {chips.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          className={css.filterChip}
          aria-label={`Remove the filter ${title} ${filterText(name, filters)}`}
          onClick={() => onChange(without(name))}
        >
          <span>{title}</span> {filterText(name, filters)} <X size={12} />
        </button>
      ))}
      <span className={css.count} aria-live="polite">
        {list.phase === 'loading' && list.runs.length === 0
          ? ''
          : list.total === 1
            ? '1 run'
            : `${compact(list.total)} runs`}
      </span>
      <Offers />
    </div>
  );
}

function SearchField({
  value,
  contents,
  onChange,
  onContents,
}: {
  value: string;
  contents: boolean;
  onChange: (value: string) => void;
  onContents: (contents: boolean) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <span className={css.search}>
      <Search size={14} aria-hidden="true" />
      <input
        {...{ [SEARCH_FIELD]: true }}
        type="search"
        aria-label={contents ? 'Search names, tasks and contents' : 'Search names and tasks'}
        placeholder={contents ? 'Search names, tasks, contents' : 'Search names, tasks, labels'}
        value={typed}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (typed === '') event.currentTarget.blur();
          setTyped('');
        }}
      />
      <Tip text="Search in what spans took in and gave out as well. Slower in a large store.">
        <button
          type="button"
          className={css.contents}
          aria-pressed={contents}
          onClick={() => onContents(!contents)}
        >
          in contents
        </button>
      </Tip>
    </span>
  );
}

/** Values to choose from: those of the rows that are there. */
function knownValues(runs: readonly RunSummary[]): KnownValues {
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
