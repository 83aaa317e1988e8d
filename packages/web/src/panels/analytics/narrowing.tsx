import { plainLine } from '@tacho/trace/model/plain-text';
import type { AnalyticsPlace, RunFilters } from '../../state/url.ts';
import { Link } from '../shell/link.tsx';
import css from './analytics.module.css';

/** A name that leads to the figures of its runs alone; plain where it is chosen already. */
export function Narrowing({
  place,
  filter,
  value,
  name = value,
}: {
  place: AnalyticsPlace;
  filter: keyof RunFilters & ('agent' | 'label' | 'taskType' | 'session');
  value: string;
  name?: string;
}) {
  const shown = plainLine(name) || '(empty)';
  // An empty filter is none.
  if (value === '' || place.filters[filter] === value) return shown;
  return (
    <Link
      className={css.narrowing}
      to={{ ...place, filters: { ...place.filters, [filter]: value } }}
      title={`Only these runs: ${shown}`}
    >
      {shown}
    </Link>
  );
}
