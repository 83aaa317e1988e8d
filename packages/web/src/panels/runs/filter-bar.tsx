import { ListFilter, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { filterCount, type RunFilters } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Choices } from '../../ui/choices.tsx';
import { PausedSearch } from '../../ui/paused-search.tsx';
import { Pop } from '../../ui/popover.tsx';
import { Tip } from '../../ui/tooltip.tsx';
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
  const contents = filters.contents === true;
  const chips = FILTER_NAMES.filter(({ name }) => name !== 'status' && filters[name] !== undefined);
  return (
    <div className={css.bar}>
      <PausedSearch
        className={css.search}
        main
        large
        label={contents ? 'Search names, tasks and contents' : 'Search names and tasks'}
        placeholder={contents ? 'Search names, tasks, contents' : 'Search names, tasks, labels'}
        value={filters.search ?? ''}
        onChange={(search) => onChange(search === '' ? without('search') : { ...filters, search })}
        after={
          <Tip text="Search in what spans took in and gave out as well. Slower in a large store.">
            <button
              type="button"
              className={css.contents}
              aria-pressed={contents}
              onClick={() => onChange(contents ? without('contents') : { ...filters, contents: true })}
            >
              in contents
            </button>
          </Tip>
        }
      />
      <Choices label="Status" look="segments">
        {STATUSES.map(({ value, title }) => (
          <Choice
            key={title}
            chosen={filters.status === value}
            onClick={() => onChange(value === undefined ? without('status') : { ...filters, status: value })}
          >
            {title}
          </Choice>
        ))}
      </Choices>
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
