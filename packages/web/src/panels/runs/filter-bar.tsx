import { ListFilter, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { filterCount, type RunFilters } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Pop } from '../../ui/popover.tsx';
import { Tip } from '../../ui/tooltip.tsx';
import { SEARCH_FIELD } from '../shell/search-focus.ts';
import { FilterForm, type KnownValues } from './filter-form.tsx';
import { FILTER_NAMES, filterText } from './filter-names.ts';
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

/** Which runs: the same on every page that is about many. `children` stand at its end. */
export function FilterBar({
  filters,
  known,
  onChange,
  count,
  children,
}: {
  filters: RunFilters;
  known: KnownValues;
  onChange: (filters: RunFilters) => void;
  /** How many there are. */
  count: string;
  children?: ReactNode;
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
        <FilterForm filters={filters} onChange={onChange} known={known} />
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
        {count}
      </span>
      {children}
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
