import type { RunFilters } from '../../state/url.ts';
import { Tip } from '../../ui/tooltip.tsx';
import { sideFromFilters } from '../compare/side-text.ts';
import { Link } from '../shell/link.tsx';
import { FILTER_NAMES } from './filter-names.ts';

/** Leads to a comparison whose baseline are the runs of these filters, as far as one side can say them. */
export function CompareLink({ filters, className }: { filters: RunFilters; className: string | undefined }) {
  const { text, unsaid } = sideFromFilters(filters);
  const names = unsaid.map(
    (name) => FILTER_NAMES.find((filter) => filter.name === name)?.title ?? NAMES[name],
  );
  const whole = unsaid.length === 0;
  return (
    <Tip
      text={
        whole
          ? text === ''
            ? 'Two sets of runs against each other'
            : 'These runs as the baseline of a comparison'
          : `A side of a comparison has no words for: ${names.join(', ')}. It starts without a baseline.`
      }
    >
      <Link className={className} to={{ page: 'compare', ...(whole && text !== '' && { baseline: text }) }}>
        Compare…
      </Link>
    </Tip>
  );
}

const NAMES: Partial<Record<keyof RunFilters, string>> = {
  search: 'Search',
  contents: 'Search in contents',
};
