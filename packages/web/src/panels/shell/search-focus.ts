import { go, place } from '../../state/location.ts';
import { SEARCH_FIELD } from '../../ui/search-box.tsx';

/** Puts the cursor into the page's search; from a page without one, goes to the list. */
export function focusSearch(): void {
  const field = (): HTMLElement | null => document.querySelector<HTMLElement>(`[${SEARCH_FIELD}]`);
  // At once where it is: what is typed right after the key belongs into it.
  const there = field();
  if (there !== null) {
    there.focus();
    return;
  }
  if (place().page !== 'runs') go({ page: 'runs', filters: {} });
  // The list is mounted within a frame.
  requestAnimationFrame(() => requestAnimationFrame(() => field()?.focus()));
}
