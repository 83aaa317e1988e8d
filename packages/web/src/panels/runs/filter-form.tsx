import { useId } from 'react';
import type { RunFilters } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { fieldFromUs, usFromField } from './filter-names.ts';
import css from './runs.module.css';

/** Values to choose from, by filter. */
export type KnownValues = Record<'session' | 'project' | 'taskType' | 'agent' | 'model' | 'label', string[]>;

const TEXTS = [
  { name: 'session', title: 'Session' },
  { name: 'project', title: 'Project' },
  { name: 'taskType', title: 'Task type' },
  { name: 'agent', title: 'Agent' },
  { name: 'model', title: 'Model' },
  { name: 'label', title: 'Label', hint: 'key=value' },
] as const;
const SCORES = [
  { name: 'minScore', title: 'Score from' },
  { name: 'maxScore', title: 'Score to' },
] as const;
const DATES = [
  { name: 'fromUs', title: 'Since' },
  { name: 'toUs', title: 'Until' },
] as const;

export function FilterForm({
  filters,
  known,
  onChange,
}: {
  filters: RunFilters;
  known: KnownValues;
  onChange: (filters: RunFilters) => void;
}) {
  const id = useId();
  const put = (name: keyof RunFilters, value: string | number | undefined): void => {
    const { [name]: _, ...rest } = filters;
    onChange(value === undefined || value === '' ? rest : { ...rest, [name]: value });
  };
  const clear = (): void => {
    const { search, sort, descending } = filters;
    onChange({ ...(search && { search }), ...(sort && { sort }), ...(descending && { descending }) });
  };
  return (
    <form className={css.form} onSubmit={(event) => event.preventDefault()}>
      {TEXTS.map(({ name, title, ...rest }) => (
        <label key={name}>
          <span>{title}</span>
          <input
            key={filters[name] ?? ''}
            defaultValue={filters[name] ?? ''}
            placeholder={'hint' in rest ? rest.hint : 'any'}
            list={`${id}-${name}`}
            spellCheck={false}
            onBlur={(event) => put(name, event.target.value.trim())}
            onKeyDown={(event) => {
              if (event.key === 'Enter') put(name, event.currentTarget.value.trim());
            }}
          />
          <datalist id={`${id}-${name}`}>
            {known[name].map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
        </label>
      ))}
      {SCORES.map(({ name, title }) => (
        <label key={name}>
          <span>{title}</span>
          <input
            type="number"
            step="any"
            placeholder="any"
            key={filters[name] ?? ''}
            defaultValue={filters[name] ?? ''}
            onBlur={(event) => {
              const value = event.target.valueAsNumber;
              put(name, Number.isNaN(value) ? undefined : value);
            }}
          />
        </label>
      ))}
      {DATES.map(({ name, title }) => (
        <label key={name}>
          <span>{title}</span>
          <input
            type="datetime-local"
            value={fieldFromUs(filters[name])}
            onChange={(event) => put(name, usFromField(event.target.value))}
          />
        </label>
      ))}
      <div className={css.formEnd}>
        <Button onClick={clear}>Clear all filters</Button>
      </div>
    </form>
  );
}
