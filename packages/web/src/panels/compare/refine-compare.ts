import { go, place } from '../../state/location.ts';
import type { ComparePlace } from '../../state/url.ts';

/** Changes some of what the page shows. `undefined` removes. */
export function refineCompare(
  change: {
    [K in keyof Omit<ComparePlace, 'page'>]?: ComparePlace[K] | undefined;
  },
): void {
  const now = place();
  if (now.page !== 'compare') return;
  const next = Object.fromEntries(
    Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined),
  );
  go(next as ComparePlace, 'replace');
}
